// The first line of every page of the peer: how it stands, in one sentence, with a colour and one button. Pure.
import type { PeerStatus, Problem } from '#api';
import type { Link } from '../provider/provider.ts';
import { t } from '../texts/mod.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'idle';
/** What the button does; the shell knows how. */
export type Press =
  | { do: 'retry' }
  | { do: 'power-on' }
  | { do: 'go'; path: readonly string[]; query?: Record<string, string> };
export type Sentence = { tone: Tone; text: string; button: { label: string; press: Press } | null };

/** A program that starts anew, as after a change of its settings, is back within this. */
const GRACE_MS = 4000;

export function sentenceOf(link: Link, status: PeerStatus | null, now: number): Sentence {
  const s = t.status;
  if (link.state === 'locked') return say('bad', s.locked);
  if (link.state === 'lost') {
    if (now - (link.lostAt ?? 0) < GRACE_MS) return say('warn', s.lostNow);
    const waitMs = link.retryAt === null ? null : Math.max(0, link.retryAt - now);
    return say('bad', s.lost(waitMs), s.tryNow, { do: 'retry' });
  }
  if (status === null) return say('idle', s.asking);
  if (status.mode === 'off') return say('idle', s.off, s.turnOn, { do: 'power-on' });
  const alarm = status.problems.find(({ level }) => level === 'alarm');
  if (alarm !== undefined) return problem('bad', alarm);

  const online = status.hubs.filter(({ state }) => state === 'online').length;
  const peers = status.gnutella?.peers ?? 0;
  if (online === 0 && peers === 0) return withoutAnyone(status);
  const where = s.where(online, peers > 0);
  if (status.mode === 'fetch-only') return say('good', s.fetchOnly(where), s.search, toSearch);
  const warning = status.problems.find(({ level }) => level === 'warn');
  if (warning !== undefined) return problem('warn', warning);
  const { scanning, files } = status.shares;
  if (scanning !== null) return say('good', s.scanning(scanning.done, scanning.total), s.search, toSearch);
  if (files === 0) return say('warn', s.sharingNothing(where), s.chooseFolder, toSettings('sharing'));
  const sharing = s.sharing(files, where);
  if (status.reach.state === 'firewalled')
    return say('warn', sharing + s.firewalled, s.sharingSettings, toSettings('ports'));
  return say('good', sharing + (status.reach.state === 'reachable' ? s.reachable : s.untested), s.search, toSearch);
}

function withoutAnyone({ hubs, gnutella }: PeerStatus): Sentence {
  const s = t.status;
  const wanted = hubs.filter(({ state }) => state !== 'off');
  if (wanted.length === 0 && gnutella !== null) return say('warn', s.lookingForPeers, s.seeHubs, toSettings('hubs'));
  if (wanted.length === 0) return say('warn', s.noHubs, s.addHub, toSettings('hubs'));
  const connecting = wanted.find(({ state }) => state === 'connecting');
  if (connecting !== undefined) return say('warn', s.connecting(connecting.address), s.seeHubs, toSettings('hubs'));
  const reason = wanted.find((hub) => hub.reason !== null)?.reason ?? null;
  return say('warn', s.noHubAnswers(reason), s.seeHubs, toSettings('hubs'));
}

const toSearch: Press = { do: 'go', path: ['search'] };

function toSettings(part: string): Press {
  return { do: 'go', path: ['settings'], query: { part } };
}

function problem(tone: Tone, { text, fix }: Problem): Sentence {
  if (fix === null) return say(tone, text);
  const query: Record<string, string> = fix.id === undefined ? {} : { id: fix.id };
  return say(tone, text, t.status.fix, {
    do: 'go',
    path: fix.screen === 'quarantine' ? ['library', 'quarantine'] : [fix.screen],
    query,
  });
}

function say(tone: Tone, text: string, label?: string, press?: Press): Sentence {
  return { tone, text, button: label === undefined || press === undefined ? null : { label, press } };
}
