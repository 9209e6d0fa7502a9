// Reads the files that an opennap-ng server leaves behind: users, bans, channels, filter. Pure: bytes in, rows and
// complaints with line numbers out; nothing is skipped in silence.
//
//   users     :version 1                                  first line, optional
//             NICK 1,SALT,HASH MAIL LEVEL CREATED SEEN FLAGS     HASH: base64 of MD5(SALT‖password) without its ==
//   bans      MASK SETTER WHEN "REASON" SECONDS            SECONDS 0: for ever
//   channels  :version 1
//             NAME LIMIT LEVEL "TOPIC"
//   filter    one word a line
//
// Times are Unix seconds there and ms here. Lines end with LF or CRLF; bytes are kept as they are.
import { type ByteString, byteString, harmless, readable } from '#base';
import { FLAG, type Level, parseLevel } from '../../levels.ts';
import { isChannelName, isNick, parseMask } from '../../masks.ts';
import { OPERATOR_LIMITS } from '../limits.ts';

/** What could not be read, as `line 7: no level "boss"`. */
export type Imported<Row> = { rows: Row[]; complaints: string[] };

export type ImportedAccount = {
  nick: ByteString;
  /** `opennap$SALT$HASH`: checked once at the next login, then replaced by argon2id. `!`: nobody can log in. */
  password: string;
  email: ByteString;
  level: Level;
  flags: number;
  created: number;
  seen: number;
};
export type ImportedBan = { mask: ByteString; setter: ByteString; reason: ByteString; at: number; seconds: number };
export type ImportedChannel = { name: ByteString; limit: number; level: Level; topic: ByteString };

/** Flags of the old server's file that mean something here. */
const MUZZLED = 0x1;
const FRIEND = 0x2;
const CRIMINAL = 0x4;

export function parseUsers(bytes: Uint8Array): Imported<ImportedAccount> {
  return eachLine(bytes, (line) => {
    const fields = line.split(/[ \t]+/);
    const [nick = '', password = '', email = '', level = '', created = '', seen = '', flags = '0'] = fields;
    if (fields.length < 6) return wrong(`6 fields or 7, not ${fields.length}`);
    if (!isNick(nick)) return wrong(`"${nick}" is no nick`);
    const hash = passwordOf(password);
    if (hash === null) return wrong(`the password of ${nick} has a form that nobody knows`);
    const rank = parseLevel(level);
    if (rank === null) return wrong(`"${level}" is no level`);
    const dates = [created, seen].map(msOf);
    if (dates.some((date) => date === null)) return wrong(`"${created}" or "${seen}" is no time`);
    const bits = /^\d{1,9}$/.test(flags) ? Number(flags) : null;
    if (bits === null) return wrong(`"${flags}" are no flags`);
    const mail = /^(none|unknown|anon@.*|-)$/i.test(email) ? '' : email;
    const [createdMs, seenMs] = dates as [number, number];
    return {
      row: { nick, password: hash, email: mail, level: rank, flags: flagsOf(bits), created: createdMs, seen: seenMs },
    };
  });
}

export function parseBans(bytes: Uint8Array): Imported<ImportedBan> {
  return eachLine(bytes, (line) => {
    const match = /^(\S+)\s+(\S+)\s+(\d{1,12})\s+"(.*)"\s+(\d{1,12})$/.exec(line);
    if (match === null) return wrong('not MASK SETTER WHEN "REASON" SECONDS');
    const [, mask = '', setter = '', when = '', reason = '', seconds = ''] = match;
    if (parseMask(mask) === null) return wrong(`"${mask}" is no mask`);
    return { row: { mask, setter, reason, at: Number(when) * 1000, seconds: Number(seconds) } };
  });
}

export function parseChannels(bytes: Uint8Array): Imported<ImportedChannel> {
  return eachLine(bytes, (line) => {
    const match = /^(\S+)\s+(\d{1,9})\s+(\S+)(?:\s+"(.*)")?$/.exec(line);
    if (match === null) return wrong('not NAME LIMIT LEVEL "TOPIC"');
    const [, name = '', limit = '', level = '', topic = ''] = match;
    if (!isChannelName(name)) return wrong(`"${name}" is no channel`);
    const rank = parseLevel(level);
    if (rank === null) return wrong(`"${level}" is no level`);
    return { row: { name, limit: Number(limit), level: rank, topic } };
  });
}

export function parseFilter(bytes: Uint8Array): Imported<ByteString> {
  return eachLine(bytes, (line) => (line.length > 200 ? wrong('a word of more than 200 bytes') : { row: line }));
}

function passwordOf(field: ByteString): string | null {
  const match = /^1,([^,\s$]{1,16}),([A-Za-z0-9+/]{22})(?:==)?$/.exec(field);
  if (match === null) return field === '*' || field === '0' ? '!' : null;
  return `opennap$${match[1]}$${match[2]}`;
}

function flagsOf(bits: number): number {
  return (
    ((bits & MUZZLED) !== 0 ? FLAG.muzzled : 0) |
    ((bits & FRIEND) !== 0 ? FLAG.friend : 0) |
    ((bits & CRIMINAL) !== 0 ? FLAG.criminal : 0)
  );
}

function msOf(seconds: string): number | null {
  return /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 : null;
}

type Read<Row> = { row: Row } | { wrong: string };

function wrong(text: string): { wrong: string } {
  return { wrong: text };
}

/** Empty lines and headers are no rows. There are no comments: `#` begins the name of a channel. */
function eachLine<Row>(bytes: Uint8Array, read: (line: ByteString) => Read<Row>): Imported<Row> {
  const rows: Row[] = [];
  const complaints: string[] = [];
  let number = 0;
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(0x0a, from);
    const end = found < 0 ? bytes.length : found;
    number++;
    const result =
      end - from > OPERATOR_LIMITS.importLine.value ? TOO_LONG : readLine(byteString(bytes, from, end).trim(), read);
    from = end + 1;
    if (result === null) continue;
    if ('wrong' in result) complaints.push(`line ${number}: ${harmless(readable(result.wrong), 200)}`);
    else rows.push(result.row);
  }
  return { rows, complaints };
}

const TOO_LONG = wrong(`longer than ${OPERATOR_LIMITS.importLine.value} bytes`);

function readLine<Row>(line: ByteString, read: (line: ByteString) => Read<Row>): Read<Row> | null {
  if (line === '' || line.startsWith(':version')) return null;
  return read(line);
}
