// What the stats ports say: five numbers (8889, read by Napigator) and sixteen (8892, opennap-ng's own). One line each.
import type { Counts } from './needs.ts';

/** What the two lines need beside the counts. */
export type Machine = {
  /** The machine's load of the last minute. */
  readonly load: number;
  /** Kilobytes. */
  readonly memoryKb: number;
};

/** Per second, over the last seconds. */
export type Rates = {
  readonly outKBps: number;
  readonly inKBps: number;
  readonly logins: number;
  readonly messages: number;
  readonly searches: number;
};

/** `users files load bytes local_clients\n`. */
export function fiveNumbers({ users, files, bytes }: Counts, { load }: Machine): string {
  return `${users} ${files} ${load.toFixed(2)} ${Math.round(bytes)} ${users}\n`;
}

/**
 * `users local zlib files local_files bytes_out out_kBps bytes_in in_kBps memory_kB library_kB connects tags ibl searches
 * pending\n`. We link to no other server, so local ones are all; `ibl` is 0: we have timed bans instead. Bytes that went
 * out are not counted where they leave, so that pair is 0.
 */
export function sixteenNumbers(counts: Counts, { memoryKb }: Machine, rates: Rates): string {
  const { users, compressed, files, bytes, bytesIn, answersWaiting } = counts;
  const numbers = [
    users,
    users,
    compressed,
    files,
    files,
    0,
    rates.outKBps,
    bytesIn,
    rates.inKBps,
    memoryKb,
    Math.round(bytes / 1024),
    rates.logins,
    rates.messages,
    0,
    rates.searches,
    answersWaiting,
  ];
  return `${numbers.map((number) => Math.round(number)).join(' ')}\n`;
}
