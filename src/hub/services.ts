// OperServ, ChanServ and NickServ: private messages in words for what the numbers above do.
import { type ByteString, readable, wireText } from '#base';
import type { Hub } from './hub.ts';
import { LEVEL } from './levels.ts';
import type { User } from './user.ts';

/** Words of each service and the message that does it; the rest of the line is its payload. */
const WORDS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  operserv: {
    chanlevel: 823,
    links: 10_112,
    stats: 10_115,
    connect: 10_100,
    disconnect: 10_101,
    killserver: 10_110,
    nuke: 611,
    register: 10_200,
    chanlimit: 826,
    kick: 829,
    usermode: 10_203,
    config: 810,
    reconfig: 800,
    cban: 422,
    cunban: 423,
    cbanlist: 420,
    cbanclear: 424,
    clearchan: 820,
    cloak: 652,
    op: 10_204,
    deop: 10_205,
    rehash: 10_117,
    server: 10_119,
    redirect: 821,
    cycle: 822,
    whowas: 10_121,
    userflags: 10_050,
    list_server: 9999,
    add_server: 9998,
    loglevel: 10_264,
  },
  chanserv: {
    ban: 422,
    unban: 423,
    banclear: 424,
    banlist: 420,
    clear: 820,
    kick: 829,
    topic: 410,
    limit: 826,
    op: 10_204,
    deop: 10_205,
    wallop: 10_208,
    invite: 10_210,
    mode: 10_209,
    muzzle: 10_213,
    unmuzzle: 10_214,
    voice: 10_211,
    unvoice: 10_212,
    level: 823,
  },
  nickserv: { usermode: 10_203, server: 10_119 },
};
const NAMES: Record<string, string> = { operserv: 'OperServ', chanserv: 'ChanServ', nickserv: 'NickServ' };

/** True: the message was for a service. */
export function service(hub: Hub, user: User, name: string, text: ByteString): boolean {
  const words = WORDS[name];
  if (words === undefined) return false;
  const say = (line: string): void => user.tell(205, wireText(`${NAMES[name]} ${line}`));
  if (name === 'operserv' && user.level < LEVEL.moderator) {
    user.notice('permission denied');
    return true;
  }
  const [verb = '', ...rest] = text.trim().split(' ');
  const args = rest.join(' ');
  const type = words[verb.toLowerCase()];
  if (type !== undefined) hub.perform(user, type, args);
  else if (name === 'nickserv' && verb.toLowerCase() === 'ghost') ghost(hub, user, rest, say);
  else if (name === 'nickserv' && verb.toLowerCase() === 'register') register(hub, user, args, say);
  else
    say(`commands: ${[...Object.keys(words), ...(name === 'nickserv' ? ['ghost', 'register'] : [])].join(' ')} help`);
  return true;
}

/** `ghost <nick> <password>`: ends the session that holds one's nick. */
function ghost(hub: Hub, user: User, [nick = '', password = '']: string[], say: (line: string) => void): void {
  const account = hub.accounts.find(nick);
  const other = hub.find(nick);
  if (account === null || other === null) return say(`${readable(nick)} is not registered, or not online`);
  if (!hub.gate('logins', user.address, hub.values.loginsPerMinute, hub.now) || hub.passwords.full)
    return say('too many tries; wait a minute');
  hub.background(user, async () => {
    if (!(await hub.passwords.check(password, account.password))) {
      say('Invalid password');
      return;
    }
    other.tell(748);
    hub.disconnect(other, `${readable(user.nick)} ended this session with your password`);
    say(`${readable(account.nick)} was disconnected`);
  });
}

function register(hub: Hub, user: User, password: string, say: (line: string) => void): void {
  if (user.registered || hub.accounts.find(user.nick) !== null) return say('your nick is registered already');
  if (!hub.values.openRegistration) return say('registration is closed; contact a moderator');
  if (password === '' || password.length > 128) return say('usage: register <password>');
  if (!hub.gate('registrations', user.address, hub.values.registrationsPerHour / 60, hub.now) || hub.passwords.full)
    return say('too many registrations; try again later');
  hub.background(user, async () => {
    const hash = await hub.passwords.hash(password);
    if (user.state !== 'online' || hub.accounts.find(user.nick) !== null) return;
    hub.accounts.save(user.nick, { password: hash, seenAddress: user.address }, hub.deps.wallMs());
    hub.record(user.nick, 'register', user.nick, user.address);
    user.registered = true;
    say('your nick is registered now');
  });
}
