// What goes into the index and what is asked of it, as plain data. Nothing here does anything.
import type { ByteString } from '#base';

/** What a file is, by the word that the sharer's message used; a plain search looks for `mp3` only. */
export type MediaType = 'mp3' | 'audio' | 'video' | 'application' | 'image' | 'text';

/** One file as its owner announces it. */
export type SharedFile = {
  /** The whole path with the owner's own slashes, as it came over the wire; the owner's name for the file. */
  readonly path: ByteString;
  /** The MD5 token as it came: 32 hex digits, perhaps more (at most {@link LIMITS}.hashBytes, no blanks). */
  readonly hash: ByteString;
  /** Bytes, a whole number up to 2^53 - 1. */
  readonly size: number;
  /** Kilobits a second as announced, 0..65535 (more is kept as 65535). */
  readonly kbps: number;
  /** Samples a second, 0..2^32 - 1. */
  readonly hz: number;
  /** Playing time, 0..2^32 - 1. */
  readonly seconds: number;
  readonly type: MediaType;
};

/** What a search has to know about a sharer. May change at any time by `setOwner`. */
export type OwnerTraits = {
  /** The link type of login, 0..255 (0 unknown, 10 T3). */
  readonly speed: number;
  /** Cannot accept connections: never found by a searcher who cannot either. */
  readonly firewalled: boolean;
  /** Never found by anybody; browsing still shows the files. */
  readonly hidden?: boolean;
  /** What `writeResult` puts after each of this owner's files; at most {@link LIMITS}.labelBytes. */
  readonly label?: ByteString;
};

/** A number for an owner, from `addOwner`; 0 is nobody. Used again some time after the owner was removed. */
export type Owner = number;

/** A number for one file of one owner. Valid until that file is removed. 0 is none. */
export type Share = number;

/** Both ends included; a missing end is open. */
export type Range = { readonly min?: number; readonly max?: number };

/** What is asked. Every part that is given must hold. */
export type Query = {
  /**
   * Words of which all must occur, in any order; a word with a minus before it must not. Bytes as they came over
   * the wire; case, accents and width do not matter.
   */
  readonly words: ByteString;
  /** Words of which none may occur. */
  readonly excludes?: ByteString;
  readonly size?: Range;
  readonly kbps?: Range;
  readonly hz?: Range;
  readonly seconds?: Range;
  /** The sharer's link type. */
  readonly speed?: Range;
  /** Default `mp3`. */
  readonly type?: MediaType | 'any';
  /** The most results; Infinity for all. */
  readonly max: number;
  /** Words of which only the beginning was typed: each must begin a word of the file. */
  readonly prefixes?: readonly ByteString[];
  /** Word sequences that must occur side by side. */
  readonly phrases?: readonly ByteString[];
  /** Words that must occur in the part of the name that is the artist, the title or the folder. */
  readonly fields?: readonly FieldClause[];
  /** Also finds `don't` by `dont`. */
  readonly loose?: boolean;
};

export type FieldClause = { readonly field: 'artist' | 'title' | 'album'; readonly words: ByteString };

/** Who asks: own files are not found; {@link OwnerTraits.firewalled} ones only by those who are not. */
export type Viewer = { readonly owner: Owner; readonly firewalled: boolean };

/** Nobody in particular, who can reach nobody that is firewalled only if `firewalled` is set. */
export const ANYBODY: Viewer = { owner: 0, firewalled: false };

/** Counted, never estimated. */
export type Totals = {
  readonly owners: number;
  readonly files: number;
  /** The sum of all sizes. */
  readonly bytes: number;
  /** Files that differ in name or facts; what many share is one. */
  readonly recordings: number;
  /** Different words that can be found. */
  readonly words: number;
};
