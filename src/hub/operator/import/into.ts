// Takes over what the parsers read: nothing that is there already is changed.
import { Failure, readable } from '#base';
import type { Store } from '#store';
import { MODE } from '../../channel.ts';
import { formatMask, parseMask } from '../../masks.ts';
import type { Actor, Desk } from '../desk.ts';
import { parseBans, parseChannels, parseFilter, parseUsers } from './opennap.ts';

const KINDS = { users: importUsers, bans: importBans, channels: importChannels, filter: importFilter } as const;
export type ImportKind = keyof typeof KINDS;
export type ImportReport = { taken: number; kept: number; complaints: string[] };

/** A ban without an end becomes one of a year: none here is for ever. */
const FOREVER_SECONDS = 365 * 86_400;

export function isImportKind(text: string): text is ImportKind {
  return Object.hasOwn(KINDS, text);
}

/** @throws Failure when not one line could be read: that is another file */
export function importInto(desk: Desk, kind: ImportKind, bytes: Uint8Array, by: Actor): ImportReport {
  const report = KINDS[kind](desk, bytes);
  if (report.taken + report.kept === 0 && report.complaints.length > 0)
    throw new Failure(`this is no ${kind} file of opennap-ng: ${report.complaints[0] as string}`);
  desk.books.audit.write(desk.now(), by.name, `import ${kind}`, '', `${report.taken} taken, ${report.kept} kept`);
  return report;
}

function importUsers({ books, now }: Desk, bytes: Uint8Array): ImportReport {
  const { rows, complaints } = parseUsers(bytes);
  let taken = 0;
  atOnce(books.store, () => {
    for (const { nick, ...account } of rows) {
      if (books.accounts.find(nick) !== null) continue;
      books.accounts.save(nick, { ...account, seen: Math.max(account.seen, account.created) }, now());
      taken++;
    }
  });
  return { taken, kept: rows.length - taken, complaints };
}

function importBans({ books, now }: Desk, bytes: Uint8Array): ImportReport {
  const { rows, complaints } = parseBans(bytes);
  const held = new Set(books.bans.list(now()).map(({ mask }) => formatMask(mask)));
  let taken = 0;
  for (const { mask, setter, reason, at, seconds } of rows) {
    const until = seconds === 0 ? now() + FOREVER_SECONDS * 1000 : at + seconds * 1000;
    const parsed = parseMask(mask);
    if (parsed === null || until <= now() || held.has(formatMask(parsed))) continue;
    if (books.bans.add(mask, readable(setter), reason, until, now()) !== null) taken++;
  }
  return { taken, kept: rows.length - taken, complaints };
}

function importChannels({ books }: Desk, bytes: Uint8Array): ImportReport {
  const { rows, complaints } = parseChannels(bytes);
  const fresh = rows.filter(({ name }) => books.channels.find(name)?.has('REGISTERED') !== true);
  for (const { name, limit, level, topic } of fresh) {
    const channel = books.channels.find(name) ?? books.channels.open(name);
    if (channel === null) continue;
    channel.modes |= MODE.REGISTERED;
    Object.assign(channel, { limit, level, topic: topic.slice(0, 255) });
    books.channels.save(channel);
  }
  return { taken: fresh.length, kept: rows.length - fresh.length, complaints };
}

/** Words of the old filter were neither indexed nor searchable. */
function importFilter({ books, now }: Desk, bytes: Uint8Array): ImportReport {
  const { rows, complaints } = parseFilter(bytes);
  const before = books.filters.list().length;
  for (const word of rows)
    for (const kind of ['word', 'search'] as const) {
      const wrong = books.filters.add(kind, readable(word), 'import', now());
      if (wrong !== null) complaints.push(`${readable(word)}: ${wrong}`);
    }
  const taken = Math.round((books.filters.list().length - before) / 2);
  return { taken, kept: rows.length - taken, complaints };
}

/** One write to the disk for thousands of accounts, not thousands. */
function atOnce(store: Store, work: () => void): void {
  store.exec('SAVEPOINT import');
  try {
    work();
    store.exec('RELEASE import');
  } catch (error) {
    store.exec('ROLLBACK TO import; RELEASE import');
    throw error;
  }
}
