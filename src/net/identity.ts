// A program's TLS identity: a self-signed P-256 certificate in its data folder, made once. Its fingerprint is who it is.
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '#base';

export type Identity = {
  /** PEM, for node:tls. */
  readonly certificate: string;
  readonly privateKey: string;
  /** SHA-256 over the certificate, lower-case hex: what invites and introductions carry. */
  readonly fingerprint: string;
};

const YEARS = 20;

/** Reads DIR/identity.pem, or makes it (mode 0600; certificate and key in one file, so that neither is without the other). */
export async function loadIdentity(dir: string, name: string): Promise<Identity> {
  const file = join(dir, 'identity.pem');
  if (!existsSync(file)) await make(file, name);
  const text = readFileSync(file, 'utf8');
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  const privateKey = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/.exec(text)?.[0];
  if (certificate === undefined || privateKey === undefined)
    throw new Failure(`${file} holds no certificate and key; move it away to get a new identity`);
  return { certificate, privateKey, fingerprint: fingerprintOf(new X509Certificate(certificate).raw) };
}

/** The fingerprint of a peer's certificate in DER. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

async function make(file: string, name: string): Promise<void> {
  await import('reflect-metadata');
  const { X509CertificateGenerator, PemConverter } = await import('@peculiar/x509');
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const notBefore = new Date();
  const notAfter = new Date(notBefore);
  notAfter.setFullYear(notAfter.getFullYear() + YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    notBefore,
    notAfter,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  writeFileSync(`${file}.new`, `${certificate.toString('pem')}\n${key}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
