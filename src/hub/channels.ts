// All channels. Registered ones live on disk and without members; others end with their last member.
import type { ByteString } from '#base';
import type { Store } from '#store';
import { Channel, MODE } from './channel.ts';
import { LIMITS } from './limits.ts';
import type { Level } from './levels.ts';
import type { User } from './user.ts';

type Row = { key: string; name: string; topic: string; level: number; user_limit: number; modes: number };
type BanRow = { nick: string; address: string; setter: string; reason: string; at: number };

export class Channels {
  readonly #store: Store;
  readonly #all = new Map<string, Channel>();

  constructor(store: Store) {
    this.#store = store;
    for (const row of store.prepare('SELECT * FROM channel').all() as unknown as Row[]) this.#load(row);
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Channel> {
    return this.#all.values();
  }

  find(name: ByteString): Channel | null {
    return this.#all.get(name.toLowerCase()) ?? null;
  }

  /** Null: there are too many. */
  open(name: ByteString): Channel | null {
    if (this.#all.size >= LIMITS.channels.value) return null;
    const channel = new Channel(name);
    this.#all.set(channel.key, channel);
    return channel;
  }

  leave(channel: Channel, user: User): void {
    channel.members.delete(user);
    if (channel.members.size === 0 && !channel.has('REGISTERED')) this.#all.delete(channel.key);
  }

  /** A registered channel's state goes to disk; that of one that no longer is, is removed there. */
  save(channel: Channel): void {
    const { key } = channel;
    this.#store.exec('BEGIN IMMEDIATE');
    this.#store.prepare('DELETE FROM channel WHERE key = ?').run(key);
    this.#store.prepare('DELETE FROM channel_ban WHERE channel = ?').run(key);
    this.#store.prepare('DELETE FROM channel_op WHERE channel = ?').run(key);
    if (channel.has('REGISTERED')) this.#write(channel);
    this.#store.exec('COMMIT');
    if (!channel.has('REGISTERED') && channel.members.size === 0) this.#all.delete(key);
  }

  #write(channel: Channel): void {
    const { key, name, topic, level, limit, modes } = channel;
    this.#store
      .prepare('INSERT INTO channel (key, name, topic, level, user_limit, modes) VALUES (?, ?, ?, ?, ?, ?)')
      .run(key, name, topic, level, limit, modes);
    const ban = this.#store.prepare('INSERT INTO channel_ban VALUES (?, ?, ?, ?, ?, ?)');
    for (const { mask, setter, reason, at } of channel.bans) ban.run(key, mask.nick, mask.address, setter, reason, at);
    const op = this.#store.prepare('INSERT INTO channel_op VALUES (?, ?)');
    for (const nick of channel.ops) op.run(key, nick);
  }

  #load(row: Row): void {
    const channel = new Channel(row.name);
    channel.topic = row.topic;
    channel.level = row.level as Level;
    channel.limit = row.user_limit;
    channel.modes = row.modes | MODE.REGISTERED;
    const bans = this.#store.prepare('SELECT * FROM channel_ban WHERE channel = ? ORDER BY at').all(row.key);
    channel.bans = (bans as unknown as BanRow[]).map(({ nick, address, ...rest }) => ({
      mask: { nick, address },
      ...rest,
    }));
    for (const op of this.#store.prepare('SELECT key FROM channel_op WHERE channel = ?').all(row.key))
      channel.ops.add(String(op['key']));
    this.#all.set(channel.key, channel);
  }
}
