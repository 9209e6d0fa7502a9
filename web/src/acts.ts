// What can be done with the objects of the peer's page, once: the same for buttons, keys and menus.
import type { SearchRow, Transfer, TransferAction } from '#api';
import type { List, Player, Track } from './player/player.ts';
import type { Live } from './provider/live.ts';
import type { Provider } from './provider/provider.ts';
import type { MenuEntry } from './shell/object-menu.tsx';
import { go } from './shell/router.ts';
import { tell, tellFailure } from './shell/toasts.ts';
import { bare } from './texts/format.ts';
import { t } from './texts/mod.ts';

export type Acts = ReturnType<typeof actsOf>;

export function actsOf(provider: Provider, player: Player, live: Live) {
  async function get(row: SearchRow, alternatives: readonly string[] = []): Promise<void> {
    await provider
      .call('download', { body: { resultId: row.id, alternatives: alternatives.slice(0, 50) } })
      .then(({ id, name, state }) =>
        tell('good', state === 'done' ? t.search.have(bare(name)) : t.search.got(bare(name)), { about: id }),
      )
      .catch(tellFailure);
  }

  /** Plays while it arrives: fetched before all others, from the first byte. */
  async function listen(row: SearchRow, alternatives: readonly string[] = [], list?: List): Promise<void> {
    if (player.isPlaying(row.id)) return player.toggle();
    try {
      const transfer = await provider.call('download', {
        body: { resultId: row.id, alternatives: alternatives.slice(0, 50), first: true },
      });
      player.play({ ...trackOf(transfer), key: row.id }, list);
    } catch (error) {
      tellFailure(error);
    }
  }

  function trackOf(transfer: Transfer): Track {
    const { id, name, nick, seconds, libraryId } = transfer;
    return {
      key: id,
      name,
      from: nick,
      seconds,
      transferId: libraryId === null ? id : null,
      url: libraryId === null ? provider.mediaUrl('transfer', id) : provider.mediaUrl('library', libraryId),
    };
  }

  function listenTransfer(transfer: Transfer): void {
    if (player.isPlaying(transfer.id)) return player.toggle();
    player.play(trackOf(transfer));
  }

  async function act(action: TransferAction, rows: readonly { id: string }[]): Promise<void> {
    try {
      const { refused } = await provider.call('actOnTransfers', {
        body: { action, ids: rows.slice(0, 500).map(({ id }) => id) },
      });
      const [first] = refused;
      if (first !== undefined) tell('warn', t.transfers.refused(refused.length, first.reason));
    } catch (error) {
      tellFailure(error);
    }
  }

  function has(feature: 'browse' | 'messages'): boolean {
    return live.status.get()?.features.includes(feature) ?? false;
  }

  function nickMenu(nick: string, hub: string): MenuEntry[] {
    const entries: MenuEntry[] = [{ heading: nick }];
    if (has('browse')) entries.push({ label: t.menu.browse, icon: 'user', run: () => go(['browse', nick], { hub }) });
    if (has('messages')) entries.push({ label: t.menu.hello, icon: 'talk', run: () => void hello(nick, hub) });
    entries.push({ label: t.menu.copyNick, icon: 'copy', run: () => copy(nick) });
    return entries;
  }

  async function hello(nick: string, hub: string): Promise<void> {
    await provider
      .call('sendMessage', { body: { nick, hub, text: t.menu.helloText } })
      .then(() => tell('good', t.menu.helloSent(nick)))
      .catch(tellFailure);
  }

  return { get, listen, listenTransfer, act, nickMenu, hubMenu, nameMenu };
}

function hubMenu(address: string): MenuEntry[] {
  return [
    { heading: address },
    { label: t.status.seeHubs, icon: 'hub', run: () => go(['settings'], { part: 'hubs' }) },
    { label: t.menu.copyAddress, icon: 'copy', run: () => copy(address) },
  ];
}

function nameMenu(name: string): MenuEntry[] {
  return [
    { label: t.menu.searchName, icon: 'search', run: () => go(['search'], { q: wordsOf(name) }) },
    { label: t.menu.copyName, icon: 'copy', run: () => copy(name) },
  ];
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(() => tell('good', t.menu.copied), tellFailure);
}

/** A name as words to search for. */
function wordsOf(name: string): string {
  return bare(name)
    .replace(/[^\p{L}\p{N}'’]+/gu, ' ')
    .trim();
}
