import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { fingerprintOf, loadIdentity } from './identity.ts';

test('an identity is made once, kept private, and a TLS client sees its fingerprint', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'peershield-identity-'));
  const made = await loadIdentity(dir, 'a hub');
  assert.deepEqual(await loadIdentity(dir, 'another name'), made);
  assert.equal(statSync(join(dir, 'identity.pem')).mode & 0o777, 0o600);
  const server = createServer({ cert: made.certificate, key: made.privateKey }, (socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const client = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await new Promise<void>((resolve) => client.once('secureConnect', resolve));
  assert.equal(fingerprintOf(client.getPeerCertificate(true).raw), made.fingerprint);
  client.destroy();
  server.close();
  rmSync(dir, { recursive: true });
});
