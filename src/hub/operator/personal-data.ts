// Everything kept about one person: shown to them, or gone. What is kept is listed here and in docs/operate.md; a new
// table that holds a nick or an address has a line in both.
import type { HubExport } from '#api';
import { Failure, readable, wireText } from '#base';
import type { Actor, Desk } from './desk.ts';
import type { People } from './people.ts';
import { accountFor, auditOf, bansOf, TARGETS_NICK, userFor } from './registers.ts';

const AUDIT_ROWS = 10_000;

/** @throws Failure when nothing at all is kept about this nick */
export function exportPerson(desk: Desk, people: People | null, name: string): HubExport {
  const nick = wireText(name);
  const { store, accounts, audit } = desk.books;
  audit.flush(); // rows that still wait are kept about a person too
  const account = accounts.find(nick);
  const user = desk.live?.user(nick) ?? null;
  const seen = people?.find(nick) ?? null;
  const operated = store.prepare('SELECT channel FROM channel_op WHERE key = ?').all(nick.toLowerCase());
  const kept: HubExport = {
    nick: name,
    made: desk.now(),
    account: account === null ? null : accountFor(account, user !== null),
    channelsOperated: operated.map((row) => readable(String(row['channel']))),
    bans: bansOf(store, nick),
    audit: auditOf(store, name, AUDIT_ROWS),
    session: user === null ? null : userFor(user, people),
    timeline: seen?.timeline.map(({ at, text }) => ({ at, text: readable(text) })) ?? [],
  };
  const nothing = account === null && user === null && seen === null && kept.bans.length + kept.audit.length === 0;
  if (nothing) throw new Failure(`nothing is kept about ${name}`);
  return kept;
}

/**
 * Account, channel rights and what was seen are gone; bans that have ended too. A ban that holds stays until its end
 * (it protects others), and the log keeps what was done, with the nick and the address replaced.
 */
export function deletePerson(desk: Desk, people: People | null, name: string, by: Actor): { removed: string[] } {
  exportPerson(desk, people, name);
  const nick = wireText(name);
  const key = nick.toLowerCase();
  const { store, accounts, audit } = desk.books;
  if (desk.live?.user(nick) != null) desk.kill(name, 'your data was deleted as you asked', by);
  const removed: string[] = [];
  if (accounts.find(nick) !== null) {
    desk.removeAccount(name, by);
    removed.push('account');
  }
  const ops = store.prepare('DELETE FROM channel_op WHERE key = ?').run(key);
  if (Number(ops.changes) > 0) removed.push('channel rights');
  for (const channel of desk.books.channels) channel.ops.delete(key);
  const ended = store
    .prepare('DELETE FROM ban WHERE nick = ? AND (lifted IS NOT NULL OR until <= ?)')
    .run(key, desk.now());
  if (Number(ended.changes) > 0) removed.push('ended bans');
  audit.flush();
  const target = store.prepare(`UPDATE audit SET target = ?2, detail = '' WHERE ${TARGETS_NICK}`).run(key, GONE);
  const actor = store.prepare('UPDATE audit SET actor = ? WHERE lower(actor) = ?').run(GONE, key);
  if (Number(target.changes) + Number(actor.changes) > 0) removed.push('name in the log');
  people?.forget(nick);
  desk.books.audit.write(desk.now(), by.name, 'delete person', GONE, removed.join(', '));
  return { removed };
}

const GONE = '(deleted)';
