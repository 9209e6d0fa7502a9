// The table of our own in this machine's packet filter: checked before it is loaded, deleted as a whole to undo. Nothing
// else in the filter is read, changed or depended on.
import { spawn } from 'node:child_process';
import { Failure } from '#base';
import { TABLE } from './rules.ts';

/** Loads a ruleset made by `writeRules('nftables', …)`. Checked first: a set that nft refuses changes nothing. */
export async function applyRules(ruleset: string): Promise<void> {
  const checked = await nft(['-c', '-f', '-'], ruleset);
  if (checked.code !== 0) throw new Failure(`nft refuses the rules, nothing was changed: ${firstLine(checked.errors)}`);
  const loaded = await nft(['-f', '-'], ruleset);
  if (loaded.code !== 0)
    throw new Failure(`nft did not load the rules, nothing was changed: ${firstLine(loaded.errors)}`);
}

/** Deletes the table. False: there was none. */
export async function undoRules(): Promise<boolean> {
  const listed = await nft(['list', 'tables'], '');
  if (listed.code !== 0) throw new Failure(`nft does not answer: ${firstLine(listed.errors)}`);
  if (!listed.output.split('\n').includes(`table inet ${TABLE}`)) return false;
  const deleted = await nft(['delete', 'table', 'inet', TABLE], '');
  if (deleted.code !== 0) throw new Failure(`nft did not delete the table: ${firstLine(deleted.errors)}`);
  return true;
}

function nft(args: readonly string[], input: string): Promise<{ code: number | null; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('nft', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdin.on('error', () => {});
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(
        new Failure(
          error.code === 'ENOENT'
            ? 'nft is not installed here: install nftables, or print rules with --rules and load them where it is'
            : `nft: ${error.message}`,
        ),
      );
    });
    child.on('close', (code) => resolve({ code, output, errors }));
    child.stdin.end(input);
  });
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] || 'no reason given (are you root, or in a namespace of your own?)';
}
