// `hub admin COMMAND …`: words in, lines for people and objects for --json out. Runs on the desk of a running hub (by
// the control page's server) or on the data folder of one that does not run; the words are the same.
import { readFileSync, statSync } from 'node:fs';
import { HUB_ROLES, type HubAdminAnswer, type HubRole } from '#api';
import { Failure, readable, UsageError, wireText } from '#base';
import { LEVEL_NAMES, type Level, parseLevel } from '../levels.ts';
import { listBackups, makeBackup } from './backup.ts';
import { type Actor, clock, type Desk, isFilterKind } from './desk.ts';
import { importInto, isImportKind } from './import/into.ts';
import { OPERATOR_LIMITS } from './limits.ts';
import type { People } from './people.ts';
import { deletePerson, exportPerson } from './personal-data.ts';
import { accountsPage, auditPage, bansPage, levelName, roomsPage } from './registers.ts';
import { type Door, loadTokens, newToken, renewToken } from './tokens.ts';

/** What the words of a command may lean on. */
export type AdminPlace = {
  readonly desk: Desk;
  readonly people: People | null;
  readonly dataDir: string;
  /** The control page's door, for new tokens to hold at once; null: no hub runs. */
  readonly door: Door | null;
};

/** One command: its words, and its options by camelCase name. */
export type AdminWords = { readonly words: readonly string[]; readonly options: Readonly<Record<string, string>> };

type Verb = {
  readonly usage: string;
  readonly help: string;
  readonly least: number;
  run(place: AdminPlace, ask: AdminWords, by: Actor): HubAdminAnswer | Promise<HubAdminAnswer>;
};

const ALL = { offset: 0, limit: 10_000, q: '' } as const;

export const ADMIN_VERBS: Readonly<Record<string, Verb>> = {
  status: { usage: '', help: 'what the hub holds now', least: 0, run: sayStatus },
  users: { usage: '[PART]', help: 'who is logged in', least: 0, run: listUsers },
  accounts: { usage: '[PART]', help: 'registered accounts', least: 0, run: listAccounts },
  register: {
    usage: 'NICK [LEVEL]',
    help: 'make an account; --password-file, or one is made up and shown',
    least: 1,
    run: register,
  },
  password: {
    usage: 'NICK',
    help: 'set a password; --password-file, or one is made up and shown',
    least: 1,
    run: setPassword,
  },
  level: { usage: 'NICK LEVEL', help: 'leech, user, moderator, admin or elite', least: 2, run: setLevel },
  kill: { usage: 'NICK', help: 'end a connection, with --reason', least: 1, run: kill },
  muzzle: { usage: 'NICK', help: 'no talking, with --reason', least: 1, run: muzzle },
  unmuzzle: { usage: 'NICK', help: 'talking again', least: 1, run: unmuzzle },
  announce: { usage: 'TEXT', help: 'a line to everybody', least: 1, run: announce },
  bans: { usage: '[PART]', help: 'bans that hold', least: 0, run: listBans },
  ban: {
    usage: 'MASK',
    help: 'nick!address with * and ?, with --reason and --for 1h; --dry-run says whom it meets',
    least: 1,
    run: setBan,
  },
  unban: { usage: 'MASK|#ID', help: 'lift bans', least: 1, run: unban },
  channels: { usage: '[PART]', help: 'registered channels, and rooms of a running hub', least: 0, run: listChannels },
  channel: { usage: 'NAME', help: 'register or change one: --topic, --limit, --level', least: 1, run: saveChannel },
  'drop-channel': { usage: 'NAME', help: 'no longer registered', least: 1, run: dropChannel },
  filters: { usage: '', help: 'words, patterns and take-downs', least: 0, run: listFilters },
  filter: {
    usage: 'KIND PATTERN',
    help: 'word, pattern, search, name or hash; --dry-run says what it meets',
    least: 2,
    run: addFilter,
  },
  'drop-filter': { usage: 'ID', help: 'remove a filter', least: 1, run: dropFilter },
  audit: { usage: '[PART]', help: 'who did what, newest first', least: 0, run: listAudit },
  backup: { usage: '', help: 'copy the database to DIR/backups, also while the hub runs', least: 0, run: backup },
  backups: { usage: '', help: 'copies that are there', least: 0, run: listBackupsThere },
  import: { usage: 'users|bans|channels|filter FILE', help: "take over opennap-ng's files", least: 2, run: importFile },
  export: { usage: 'NICK', help: 'everything kept about one person', least: 1, run: exportOne },
  tokens: {
    usage: '[renew ROLE]',
    help: 'keys of the control page: read-only, moderator, admin',
    least: 0,
    run: tokens,
  },
  delete: { usage: 'NICK', help: 'and delete it', least: 1, run: deleteOne },
};

/** @throws UsageError for unknown words, Failure for what was refused */
export async function runAdmin(
  place: AdminPlace,
  verb: string,
  { words, options }: AdminWords,
  by: Actor,
): Promise<HubAdminAnswer> {
  const known = ADMIN_VERBS[verb];
  if (known === undefined)
    throw new UsageError(verb, `hub admin does not know "${verb}"; it knows ${Object.keys(ADMIN_VERBS).join(', ')}`);
  if (words.length < known.least) throw new UsageError(verb, `hub admin ${verb} needs ${known.usage}`);
  return await known.run(place, { words, options }, by);
}

function said(lines: string[], events: HubAdminAnswer['events']): HubAdminAnswer {
  return { lines, events };
}

function done(event: string, line: string, fields: Record<string, unknown> = {}): HubAdminAnswer {
  return said([line], [{ event, ...fields }]);
}

function table(rows: readonly (readonly string[])[], none: string): string[] {
  if (rows.length === 0) return [none];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(48, Math.max(...rows.map((row) => (row[column] ?? '').length))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

// Accounts and people -----------------------------------------------------------------------------------------------

function sayStatus({ desk }: AdminPlace): HubAdminAnswer {
  const counts = desk.live?.counts() ?? null;
  const { accounts, bans: held } = desk.books;
  const facts = {
    running: counts !== null,
    users: counts?.users ?? 0,
    files: counts?.files ?? 0,
    rooms: counts?.rooms ?? 0,
    accounts: accounts.count,
    bans: held.list(desk.now()).length,
  };
  const state =
    counts === null
      ? 'The hub does not run.'
      : `${facts.users} users share ${facts.files} files in ${facts.rooms} rooms.`;
  return said([state, `${facts.accounts} accounts, ${facts.bans} bans.`], [{ event: 'status', ...facts }]);
}

function listUsers({ desk }: AdminPlace, { words: [part = ''] }: AdminWords): HubAdminAnswer {
  if (desk.live === null) throw new Failure('the hub does not run: nobody is logged in');
  const rows = [...desk.live.users()].filter(
    ({ nick, address }) => readable(nick).toLowerCase().includes(part.toLowerCase()) || address.includes(part),
  );
  return said(
    table(
      rows.map((row) => [
        readable(row.nick),
        LEVEL_NAMES[row.level],
        row.address,
        `${row.files} files`,
        readable(row.client),
      ]),
      'Nobody.',
    ),
    rows.map((row) => ({
      event: 'user',
      nick: readable(row.nick),
      level: levelName(row.level),
      address: row.address,
      files: row.files,
      client: readable(row.client),
      since: row.since,
    })),
  );
}

function listAccounts({ desk }: AdminPlace, { words: [part = ''] }: AdminWords): HubAdminAnswer {
  const { rows } = accountsPage(desk.books.accounts, desk.live, { ...ALL, q: part });
  return said(
    table(
      rows.map((row) => [row.nick, row.level, row.online ? 'here' : clock(row.seen), row.muzzled ? 'muzzled' : '']),
      'No accounts.',
    ),
    rows.map((row) => ({ event: 'account', ...row })),
  );
}

async function register({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): Promise<HubAdminAnswer> {
  const [nick = '', level = 'user'] = words;
  const given = options['password'];
  const secret = given ?? newToken().slice(0, 16);
  await desk.register(nick, secret, levelOf(level), by);
  const shown = given === undefined ? { password: secret } : {};
  return done('registered', `${nick} is registered.${given === undefined ? ` Password: ${secret}` : ''}`, {
    nick,
    ...shown,
  });
}

async function setPassword({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): Promise<HubAdminAnswer> {
  const [nick = ''] = words;
  const given = options['password'];
  const secret = given ?? newToken().slice(0, 16);
  await desk.setPassword(nick, secret, by);
  const shown = given === undefined ? { password: secret } : {};
  return done('password', `${nick} has a new password.${given === undefined ? ` It is: ${secret}` : ''}`, {
    nick,
    ...shown,
  });
}

function setLevel({ desk }: AdminPlace, { words: [nick = '', wanted = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  const rank = levelOf(wanted);
  desk.setLevel(nick, rank, by);
  return done('level', `${nick} is ${LEVEL_NAMES[rank]} now.`, { nick, level: levelName(rank) });
}

function kill({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): HubAdminAnswer {
  const [nick = ''] = words;
  desk.kill(nick, options['reason'] ?? 'no reason given', by);
  return done('killed', `${nick} was disconnected.`, { nick });
}

function muzzle({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): HubAdminAnswer {
  const [nick = ''] = words;
  desk.muzzle(nick, true, options['reason'] ?? 'no reason given', by);
  return done('muzzled', `${nick} is muzzled.`, { nick });
}

function unmuzzle({ desk }: AdminPlace, { words: [nick = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  desk.muzzle(nick, false, '', by);
  return done('unmuzzled', `${nick} may talk again.`, { nick });
}

function announce({ desk }: AdminPlace, { words }: AdminWords, by: Actor): HubAdminAnswer {
  desk.announce(words.join(' '), by);
  return done('announced', 'Everybody was told.');
}

// Bans --------------------------------------------------------------------------------------------------------------

function listBans({ desk }: AdminPlace, { words: [part = ''] }: AdminWords): HubAdminAnswer {
  const { rows } = bansPage(desk.books.store, { ...ALL, q: part, which: 'holding' }, desk.now());
  return said(
    table(
      rows.map((row) => [`#${row.id}`, row.mask, `until ${clock(row.until)}`, row.setter, row.reason]),
      'No bans.',
    ),
    rows.map((row) => ({ event: 'ban', ...row })),
  );
}

function setBan({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): HubAdminAnswer {
  const [mask = ''] = words;
  if (options['dryRun'] === 'yes') {
    const preview = desk.previewBan(mask);
    const who = preview.users === 0 ? 'nobody' : `${preview.users} users: ${preview.nicks.join(', ')}`;
    return said(
      [`${preview.mask} meets ${who}.`, ...preview.warnings.map((text) => `Mind: ${text}.`)],
      [{ event: 'preview', ...preview }],
    );
  }
  const reason = options['reason'];
  if (reason === undefined)
    throw new UsageError('--reason', 'hub admin ban needs --reason TEXT: the banned are told it');
  const { ban: made, ended } = desk.ban(mask, reason, secondsOf(options['for'] ?? '1h'), by);
  const line = `#${made.id} ${made.mask} is banned until ${clock(made.until)}; ${ended} disconnected.`;
  return said([line], [{ event: 'banned', ...made, ended }]);
}

function unban({ desk }: AdminPlace, { words: [which = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  const lifted = desk.liftBan(which, by);
  return said(
    lifted.map(({ id, mask }) => `#${id} ${mask} is lifted.`),
    lifted.map(({ id, mask }) => ({ event: 'unbanned', id, mask })),
  );
}

// Channels and filters ----------------------------------------------------------------------------------------------

function listChannels({ desk }: AdminPlace, { words: [part = ''] }: AdminWords): HubAdminAnswer {
  const rows =
    desk.live === null
      ? [...desk.books.channels].map((row) => ({
          name: readable(row.name),
          topic: readable(row.topic),
          users: 0,
          level: levelName(row.level),
          limit: row.limit,
          registered: true,
        }))
      : roomsPage(desk.live, ALL).rows;
  const shown = rows.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase()));
  return said(
    table(
      shown.map((row) => [row.name, `${row.users} users`, row.registered ? 'registered' : 'made by users', row.topic]),
      'No channels.',
    ),
    shown.map((row) => ({ event: 'channel', ...row })),
  );
}

function saveChannel({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): HubAdminAnswer {
  const [name = ''] = words;
  const { topic, limit, level: rank } = options;
  if (limit !== undefined && !/^\d{1,6}$/.test(limit)) throw new UsageError('--limit', '--limit takes a number');
  desk.saveChannel(
    name,
    {
      ...(topic === undefined ? {} : { topic }),
      ...(limit === undefined ? {} : { limit: Number(limit) }),
      ...(rank === undefined ? {} : { level: levelOf(rank) }),
    },
    by,
  );
  return done('channel-saved', `${name} is registered.`, { name });
}

function dropChannel({ desk }: AdminPlace, { words: [name = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  desk.dropChannel(name, by);
  return done('channel-dropped', `${name} is no longer registered.`, { name });
}

function listFilters({ desk }: AdminPlace): HubAdminAnswer {
  const rows = desk.filters();
  return said(
    table(
      rows.map((row) => [`#${row.id}`, row.kind, row.pattern, row.enabled ? '' : 'resting', row.setter]),
      'No filters.',
    ),
    rows.map((row) => ({ event: 'filter', ...row })),
  );
}

async function addFilter({ desk }: AdminPlace, { words, options }: AdminWords, by: Actor): Promise<HubAdminAnswer> {
  const [kind = '', ...rest] = words;
  const pattern = rest.join(' ');
  if (!isFilterKind(kind))
    throw new UsageError(kind, `"${kind}" is no kind of filter: word, pattern, search, name, hash`);
  if (options['dryRun'] === 'yes') {
    const preview = await desk.previewFilter(kind, pattern);
    const line = `It meets ${preview.files} of ${preview.looked.files} shared files and ${preview.searches} of ${preview.looked.searches} searches.`;
    const some = [...preview.paths, ...preview.texts].slice(0, 10).map((text) => `  ${text}`);
    return said(
      [line, ...some, ...preview.warnings.map((text) => `Mind: ${text}.`)],
      [{ event: 'preview', ...preview }],
    );
  }
  const { filter: made, takenDown } = await desk.addFilter(kind, pattern, by);
  return said(
    [`#${made.id} ${made.kind} ${made.pattern}; ${takenDown} shared files removed.`],
    [{ event: 'filtered', ...made, takenDown }],
  );
}

function dropFilter({ desk }: AdminPlace, { words: [which = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  const id = Number(which.replace(/^#/, ''));
  desk.dropFilter(id, by);
  return done('filter-dropped', `#${id} is gone.`, { id });
}

// Data --------------------------------------------------------------------------------------------------------------

function listAudit({ desk }: AdminPlace, { words: [part = ''] }: AdminWords): HubAdminAnswer {
  desk.books.audit.flush();
  const { rows } = auditPage(desk.books.store, { offset: 0, limit: 500, q: part });
  return said(
    table(
      rows.map((row) => [clock(row.at), row.actor, row.action, row.target, row.detail]),
      'Nothing.',
    ),
    rows.map((row) => ({ event: 'audit', ...row })),
  );
}

async function backup({ desk, dataDir }: AdminPlace, _ask: AdminWords, by: Actor): Promise<HubAdminAnswer> {
  const made = await makeBackup(desk.books.store, dataDir, desk.now());
  desk.books.audit.write(desk.now(), by.name, 'backup', made.name);
  return done('backup', `${made.name}, ${made.sizeBytes} bytes.`, { ...made });
}

function listBackupsThere({ dataDir }: AdminPlace): HubAdminAnswer {
  const rows = listBackups(dataDir);
  return said(
    table(
      rows.map(({ name, sizeBytes }) => [name, `${sizeBytes} bytes`]),
      'No backups.',
    ),
    rows.map((row) => ({ event: 'backup', ...row })),
  );
}

function importFile({ desk }: AdminPlace, { words: [kind = '', file = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  if (!isImportKind(kind)) throw new UsageError(kind, `"${kind}" cannot be imported: users, bans, channels, filter`);
  const { taken, kept, complaints } = importInto(desk, kind, bytesOfFile(file), by);
  return said(
    [
      `${taken} ${kind} taken over, ${kept} were there already, ${complaints.length} could not be read.`,
      ...complaints.slice(0, 20),
    ],
    [{ event: 'imported', kind, taken, kept, complaints }],
  );
}

function bytesOfFile(file: string): Uint8Array {
  try {
    if (statSync(file).size > OPERATOR_LIMITS.importBytes.value)
      throw new Failure(`${file} is too large to be one of these files`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(`cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function exportOne({ desk, people }: AdminPlace, { words: [nick = ''] }: AdminWords): HubAdminAnswer {
  const kept = exportPerson(desk, people, nick);
  return said([JSON.stringify(kept, null, 2)], [{ event: 'export', ...kept }]);
}

function deleteOne({ desk, people }: AdminPlace, { words: [nick = ''] }: AdminWords, by: Actor): HubAdminAnswer {
  const { removed } = deletePerson(desk, people, nick, by);
  return done('deleted', `Deleted: ${removed.join(', ') || 'nothing was kept on disk'}.`, { removed });
}

function tokens({ dataDir, door, desk }: AdminPlace, { words: [what, role] }: AdminWords, by: Actor): HubAdminAnswer {
  if (what === undefined) {
    const { tokens: held } = loadTokens(dataDir);
    return said(
      HUB_ROLES.map((name) => `${name.padEnd(10)} ${held[name]}`),
      HUB_ROLES.map((name) => ({ event: 'token', role: name, token: held[name] })),
    );
  }
  if (what !== 'renew' || !(HUB_ROLES as readonly string[]).includes(role ?? ''))
    throw new UsageError(what, 'hub admin tokens, or hub admin tokens renew read-only|moderator|admin');
  const fresh = renewToken(dataDir, role as HubRole);
  door?.set(fresh);
  desk.books.audit.write(desk.now(), by.name, 'renew token', role as string);
  return done('token', `${role} ${fresh[role as HubRole]}`, { role, token: fresh[role as HubRole] });
}

// Words -------------------------------------------------------------------------------------------------------------

function levelOf(text: string): Level {
  const found = parseLevel(wireText(text));
  if (found === null) throw new UsageError(text, `"${text}" is no level: leech, user, moderator, admin, elite`);
  return found;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `90m`, `1h`, `30d`; a number alone is seconds. */
export function secondsOf(text: string): number {
  const match = /^(\d{1,9})([smhdw]?)$/.exec(text.trim());
  if (match === null) throw new UsageError('--for', `--for takes 90m, 12h, 30d …, not "${text}"`);
  return Number(match[1]) * (UNITS[match[2] === '' ? 's' : (match[2] as string)] as number);
}
