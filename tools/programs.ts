// Programs that tests and benches run and npm cannot bring, with the Debian packages that hold them.
import { spawnSync } from 'node:child_process';

export const PROGRAMS: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  lame: 'lame',
  ffmpeg: 'ffmpeg',
  flac: 'flac',
  oggenc: 'vorbis-tools',
  opusenc: 'opus-tools',
  twolame: 'twolame',
  nft: 'nftables',
  ip: 'iproute2',
  tcpdump: 'tcpdump',
  python3: 'python3',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ping: 'iputils-ping',
  bzip2: 'bzip2',
  cmp: 'diffutils',
};

/** The Debian packages of the programs that are not on the PATH. */
export function missingPackages(): string[] {
  const missing = Object.keys(PROGRAMS).filter(
    (program) => spawnSync('sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status !== 0,
  );
  return [...new Set(missing.map((program) => PROGRAMS[program] as string))];
}
