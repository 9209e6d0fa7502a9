// The invitation: where the hub is and whose certificate it shows, in one line that fits a QR code.
//
//   peershield:hub?at=HOST:PORT&tls=PORT&fp=SHA256&name=NAME
import { formatAddress } from '#net';

export type Invite = { host: string; port: number; tlsPort: number | null; fingerprint: string | null; name: string };

export function inviteLink({ host, port, tlsPort, fingerprint, name }: Invite): string {
  const words = new URLSearchParams({ at: formatAddress({ host, port }) });
  if (tlsPort !== null && fingerprint !== null) {
    words.set('tls', String(tlsPort));
    words.set('fp', fingerprint);
  }
  words.set('name', name);
  return `peershield:hub?${words.toString()}`;
}

/** `ab:cd:…`, in groups that people can compare by eye. */
export function spokenFingerprint(hex: string): string {
  return (hex.match(/.{4}/g) ?? []).join(' ');
}
