// Runs the system's `nft`, in plain English whatever the language of the machine.
import { spawn } from 'node:child_process';
import { Failure } from '#base';

export type Ran = { code: number | null; stdout: string; stderr: string };

/** @throws Failure when there is no nft; what it refuses is in `code` and `stderr` */
export function runNft(args: string[], input = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn('nft', args, { env: { ...process.env, LC_ALL: 'C' } });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => {}); // nft may end before it has read everything
    child.on('error', () => reject(new Failure('nft is not installed (Debian: apt install nftables)')));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}
