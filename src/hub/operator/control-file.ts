// How `hub admin` finds a running hub: DIR/control.json (mode 0600) with where it answers and a secret of this run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiError, HubAdminAnswer } from '#api';
import { Failure, UsageError } from '#base';

export const CONTROL_FILE = 'control.json';

export type ControlFile = { url: string; secret: string; pid: number };

/** Null: no hub says that it runs on this folder. */
export function readControlFile(dataDir: string): ControlFile | null {
  try {
    const file = JSON.parse(readFileSync(join(dataDir, CONTROL_FILE), 'utf8')) as ControlFile;
    return typeof file.url === 'string' && typeof file.secret === 'string' ? file : null;
  } catch {
    return null;
  }
}

/** Asks a running hub to do what the words say. @throws Failure with its words, or when it does not answer */
export async function askRunningHub(
  { url, secret }: ControlFile,
  ask: { verb: string; words: readonly string[]; options: Readonly<Record<string, string>>; actor: string },
): Promise<HubAdminAnswer> {
  let response: Response;
  try {
    response = await fetch(`${url}/api/admin`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify(ask),
      signal: AbortSignal.timeout(120_000),
    });
  } catch (error) {
    throw new Failure(`the hub that runs on this folder does not answer at ${url}`, { cause: error });
  }
  if (response.ok) return (await response.json()) as HubAdminAnswer;
  const { error } = (await response.json().catch(() => ({ error: undefined }))) as Partial<ApiError>;
  const message = error?.message ?? `the hub answered ${response.status}`;
  throw error?.code === 'usage' ? new UsageError(ask.verb, message) : new Failure(message);
}
