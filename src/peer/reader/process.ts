// What the sandboxed reader process runs: it may read the shared folders and nothing else, and has no network to speak on.
import { setPriority } from 'node:os';
import { Calls } from '../parent/calls.ts';
import { type Channel, sender } from '../network.ts';
import { runSelfTest, type SelfTest } from '../selftest.ts';
import { createReader, type Reader } from './reader.ts';

export type ReaderCalls = Reader & { selfTest(canary: string): Promise<SelfTest> };

/** Serves the parent's calls until the channel ends. */
export function runReader(channel: Channel, exit: () => void): void {
  try {
    setPriority(15); // looking through a library must not hurt a transfer
  } catch {
    // Then it is as urgent as the rest.
  }
  const local: ReaderCalls = { ...createReader(), selfTest: (canary) => runSelfTest('the reader', canary, null) };
  const calls = new Calls(sender(channel), local);
  channel.on('message', (message) => calls.receive(message));
  channel.on('disconnect', exit);
}
