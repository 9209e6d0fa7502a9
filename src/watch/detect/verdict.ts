// What a detector says about the two directions of a conversation.

/** Applications, by the number in a flow's state. */
export const APPS = ['unknown', 'napster', 'gnutella', 'g2'] as const;
export type App = (typeof APPS)[number];

/** Roles, by the number in a flow's state. */
export const ROLES = ['', 'hub', 'data', 'metaserver', 'overlay', 'http', 'udp'] as const;
export type Role = (typeof ROLES)[number];

/** What a flow was when it was none of ours; correlation never touches some of these. */
export const OTHERS = ['', 'http', 'tls', 'tls-named', 'ssh', 'other'] as const;
export type Other = (typeof OTHERS)[number];

export type Verdict = {
  readonly app: App;
  readonly role: Role;
  /** Why, with the bytes that decided; never a password or a file name. */
  readonly why: string;
  /** The side that plays the client: 0 the first given, 1 the second. */
  readonly client: 0 | 1;
  /** How to go on reading, and where: bytes of a proxy's preamble on each side. */
  readonly talk: 'hub' | 'overlay' | 'http' | 'get' | 'send' | 'list' | 'none';
  readonly skip: readonly [number, number];
};

/** `wait`: more bytes may decide. An {@link Other}: they cannot. */
export type Judgement = Verdict | 'wait' | Other;

/** The two directions as far as they are known, in order, from their start. */
export type Evidence = {
  readonly sides: readonly [Uint8Array, Uint8Array];
  /** Whether a side's first byte is the first byte it ever sent. */
  readonly isFromStart: readonly [boolean, boolean];
  /** Whether side 0 is known to have opened the connection. */
  readonly isOpenerKnown: boolean;
  /** No more will come: decide by what there is. */
  readonly isFinal: boolean;
  /** Packets of this flow were cut by snaplen. */
  readonly isCut: boolean;
  readonly port: number;
};

/** The first bytes, in hex, for a `why`. */
export function hex(bytes: Uint8Array, count: number, from = 0): string {
  let text = '';
  for (let i = from; i < Math.min(bytes.length, from + count); i++) {
    text += (i > from ? ' ' : '') + (bytes[i]! < 16 ? '0' : '') + bytes[i]!.toString(16);
  }
  return text;
}

export function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Whether the bytes begin with the text, or are the beginning of it. */
export function couldBegin(bytes: Uint8Array, text: string): boolean {
  const length = Math.min(bytes.length, text.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
}
