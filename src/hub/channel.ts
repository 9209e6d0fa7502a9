// One channel: who is in it and who may do what there. Lists are by nick in lower case, so that they hold when somebody
// comes back.
import type { ByteString } from '#base';
import { type Mask, maskMatches } from './masks.ts';
import { LEVEL, type Level } from './levels.ts';
import type { User } from './user.ts';

export const MODE = { PRIVATE: 1, MODERATED: 2, INVITE: 4, TOPIC: 8, REGISTERED: 16 } as const;
export type ModeName = keyof typeof MODE;

export type ChannelBan = { mask: Mask; setter: string; reason: ByteString; at: number };

export class Channel {
  /** As whoever made it wrote it. */
  readonly name: ByteString;
  readonly key: string;
  topic: ByteString = '';
  level: Level = LEVEL.leech;
  /** 0: none. */
  limit = 0;
  modes = 0;
  readonly members = new Set<User>();
  readonly ops = new Set<string>();
  readonly voices = new Set<string>();
  readonly muzzled = new Set<string>();
  readonly invited = new Set<string>();
  bans: ChannelBan[] = [];

  constructor(name: ByteString) {
    this.name = name;
    this.key = name.toLowerCase();
  }

  has(mode: ModeName): boolean {
    return (this.modes & MODE[mode]) !== 0;
  }

  /** Operators of the channel, and moderators of the hub. */
  isOp(user: User): boolean {
    return user.level >= LEVEL.moderator || this.ops.has(user.key);
  }

  mayTalk(user: User): boolean {
    if (this.isOp(user)) return true;
    return !this.muzzled.has(user.key) && (!this.has('MODERATED') || this.voices.has(user.key));
  }

  /** Why this user may not come in, in words; null: may. */
  refusal(user: User): string | null {
    if (user.level >= LEVEL.moderator) return null;
    if (user.level < this.level) return `level ${this.level} is needed to join channel ${this.name}`;
    if (this.bans.some(({ mask }) => maskMatches(mask, user.nick, user.address)))
      return `you are banned from channel ${this.name}`;
    if (this.has('INVITE') && !this.invited.has(user.key)) return `channel ${this.name} is by invitation only`;
    return null;
  }

  get full(): boolean {
    return this.limit > 0 && this.members.size >= this.limit;
  }

  /** To everybody in it, but `except`. */
  say(type: number, payload: ByteString, except: User | null = null): void {
    for (const member of this.members) if (member !== except) member.tell(type, payload);
  }
}
