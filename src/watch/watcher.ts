// The heart: every packet of a capture passes `packet` once. It is counted, given to its flow, and as long as the flow
// is undecided and young its first bytes are judged; a recognised flow is followed, the rest is only counted.
//
//   record ─ decode ─ flow ─┬─ undecided: prefix ─ judge ─► verdict │ other │ wait
//                           ├─ recognised: follower ─ talk ─► alerts, addresses, steps
//                           └─ judged and none of ours: counters only
import { hash } from 'node:crypto';
import { type CaptureReader, Fragments, KIND, Packet } from '#wire/pcap';
import { Activity } from './activity.ts';
import { Addresses, hostOf } from './addresses.ts';
import { HttpBodyTalk, NapsterBodyTalk } from './bodytalk.ts';
import { judgeDatagram } from './detect/gnutella.ts';
import { judge, judgeTls } from './detect/judge.ts';
import {
  APPS,
  type App,
  type Evidence,
  type Judgement,
  OTHERS,
  type Other,
  ROLES,
  type Role,
  type Verdict,
} from './detect/verdict.ts';
import {
  BYTES_AB,
  BYTES_BA,
  DATA_A,
  DATA_B,
  DONE,
  FIN_A,
  FIN_B,
  FIRST,
  FlowTable,
  GIVEN_UP,
  IP_A,
  IP_B,
  KIND_WORD,
  LAST,
  LINK,
  OPENER_B,
  OPENER_KNOWN,
  OTHER_MASK,
  OTHER_SHIFT,
  PACKETS_AB,
  PACKETS_BA,
  PORTS,
  RESET,
  STATE,
  SYN_A,
  SYN_B,
  TRACKED,
  WORDS,
} from './flows.ts';
import { Follower, type Talk } from './follow.ts';
import { HubTalk } from './hubtalk.ts';
import type { AlertKind, News, Step } from './news.ts';
import { OverlayTalk, readHit, readIp } from './overlaytalk.ts';
import { ADDED, Prefixes } from './prefixes.ts';
import { Rates } from './rates.ts';
import { Told } from './told.ts';
import { type FlowRecord, Track } from './track.ts';
import { MAX, type WatchSettings } from './settings.ts';

const TCP = 6;
const FLOATS = WORDS / 2;
const FLAG_FIN = 1;
const FLAG_SYN = 2;
const FLAG_RST = 4;
const FLAG_ACK = 16;
const MAX_WIRE = 524_288;
/** A UDP flow that said nothing recognisable this often is left alone. */
const MAX_DATAGRAMS = 16;
const TRIES_WORD = 15;
/** A SYN after such a silence begins another conversation, even if no end of the one before was seen. */
const STALE_MS = 60_000;
/** From here on a direction that is heard alone is judged alone. */
const ALONE_BYTES = 512;
const CUT = 1 << 21;

export type Alert = {
  kind: AlertKind;
  at: number;
  why: string;
  host: string;
  flow: Pick<FlowRecord, 'src' | 'sport' | 'dst' | 'dport' | 'proto'> | null;
};

/** Where the watcher's findings go while it works. */
export type Sink = {
  /** Whether anybody wants this alert. */
  accepts(alert: Alert): boolean;
  alert(alert: Alert): void;
  /** A flow as it stands (`isInterim`), or as it ended and leaves the table. */
  flow(id: number, isInterim: boolean): void;
};

export class Watcher {
  readonly flows = new FlowTable();
  readonly addresses = new Addresses();
  readonly activity = new Activity();
  readonly told = new Told();
  readonly tracks: Track[] = [];
  readonly alerts: Alert[] = [];
  /** Totals of the summary. */
  packets = 0;
  bytes = 0;
  first = Number.NaN;
  last = Number.NaN;
  /** Flows that left the table early, or whose prefix was given up for memory. */
  evicted = 0;
  /** Conversations that were given up because reading them failed, which is a bug; and the first one's words. */
  faults = 0;
  firstFault: string | null = null;
  /** Bytes of flows that left the table, by certainty. */
  #endedSeen = 0;
  #endedInferred = 0;

  readonly #settings: WatchSettings;
  readonly #sink: Sink;
  readonly #packet = new Packet();
  readonly #prefixes = new Prefixes();
  readonly #fragments = new Fragments();
  readonly #rates = new Rates();
  readonly #raised = new Set<string>();
  readonly #transfers = new Set<number>();
  readonly #followed = new Set<Track>();
  /** The capture's time now, in seconds. Typed, so that it is not boxed for each packet. */
  readonly #clock = new Float64Array(1);
  #bin = 0;
  #wire = 0;
  #stepCount = 0;

  constructor(settings: WatchSettings, sink: Sink) {
    this.#settings = settings;
    this.#sink = sink;
  }

  /** Takes the reader's current packet. */
  packet(reader: CaptureReader): void {
    const packet = this.#packet;
    let wire = reader.wireLength;
    if (wire > MAX_WIRE || wire < reader.length) wire = reader.length;
    this.packets++;
    this.bytes += wire;
    const clock = this.#clock;
    if (reader.seconds > 0) clock[0] = reader.seconds;
    if (!(this.first <= clock[0]!)) this.first = clock[0]!;
    if (!(this.last >= clock[0]!)) this.last = clock[0]!;
    this.#bin = this.activity.total(clock, wire);
    const end = reader.at + reader.length;
    const kind = packet.decode(reader.bytes, reader.view, reader.at, end, reader.link);
    if (kind === KIND.nothing) return;
    this.#wire = wire;
    if (kind === KIND.fragment) {
      this.#fragment(reader, wire);
      return;
    }
    const id = this.#flowOf(packet, reader.view);
    const side = this.#sideIsB ? 1 : 0;
    this.#count(id, side, 1, wire);
    if (kind === KIND.tcp) this.#tcp(id, side, packet, reader.bytes);
    else this.#udp(id, side, packet, reader.bytes);
  }

  #sideIsB = false;
  /** Milliseconds since the packet before in this flow. */
  #pause = 0;

  /** The flow of the packet's addresses and ports; `#sideIsB` then says who sent it. */
  #flowOf(packet: Packet, view: DataView): number {
    let src = packet.src;
    let dst = packet.dst;
    const isV6 = packet.family === 6;
    if (isV6) {
      src = this.addresses.row(view, packet.srcAt);
      dst = this.addresses.row(view, packet.dstAt);
    }
    const sport = packet.sport;
    const dport = packet.dport;
    const isB = src > dst || (src === dst && sport > dport);
    this.#sideIsB = isB;
    const kind = isV6 ? packet.protocol | 0x600 : packet.protocol | 0x400;
    const id = isB
      ? this.flows.find(dst, src, (dport << 16) | sport, kind)
      : this.flows.find(src, dst, (sport << 16) | dport, kind);
    if (this.flows.made) this.#begin(id, isB);
    return id;
  }

  #begin(id: number, isB: boolean): void {
    const base = id * WORDS;
    this.flows.floats[id * FLOATS + FIRST] = this.#clock[0]!;
    // Until a SYN tells: who is heard first has opened it.
    if (isB) this.flows.words[base + STATE]! |= OPENER_B;
    if (this.flows.count > this.#settings.maxFlows) this.#sweep(id);
  }

  #count(id: number, side: 0 | 1, packets: number, wire: number): void {
    const { words, floats } = this.flows;
    const base = id * WORDS;
    words[base + PACKETS_AB + side]! += packets;
    const bytes = id * FLOATS + BYTES_AB + side;
    floats[bytes] = floats[bytes]! + wire;
    const age = (this.#clock[0]! - floats[id * FLOATS + FIRST]!) * 1000;
    const last = words[base + LAST]!;
    this.#pause = age - last;
    if (age > last) words[base + LAST] = age;
    if ((words[base + STATE]! & TRACKED) !== 0) this.#countTrack(words[base + LINK]! - 1, id, side, wire);
  }

  #countTrack(number: number, id: number, side: 0 | 1, wire: number): void {
    const track = this.tracks[number]!;
    if (track.bin !== this.#bin || track.generation !== this.activity.generation) this.#flushTrack(number, track);
    if (side === 0) track.ab += wire;
    else track.ba += wire;
    if (this.#clock[0]! < track.nextInterim) return;
    track.nextInterim = this.#clock[0]! + this.#settings.interimSeconds;
    this.#sink.flow(id, true);
  }

  #flushTrack(number: number, track: Track): void {
    // Bins may have become wider since this one was opened.
    const bin = track.bin >> (this.activity.generation - track.generation);
    if (track.ab + track.ba > 0) this.activity.add(number, bin, track.ab, track.ba);
    track.ab = track.ba = 0;
    track.bin = this.#bin;
    track.generation = this.activity.generation;
  }

  // TCP ------------------------------------------------------------------------------------------------------------

  #tcp(id: number, side: 0 | 1, packet: Packet, bytes: Uint8Array): void {
    const words = this.flows.words;
    const base = id * WORDS;
    const flags = packet.tcpFlags;
    if ((flags & (FLAG_SYN | FLAG_FIN | FLAG_RST)) !== 0) this.#tcpFlags(id, side, packet, flags);
    const state = words[base + STATE]!;
    const from = packet.payloadAt;
    const to = packet.payloadEnd;
    if (to > from) {
      const sequence = (flags & FLAG_SYN) !== 0 ? (packet.sequence + 1) | 0 : packet.sequence;
      if ((state & DONE) === 0) {
        if (to - from < packet.payloadLength) words[base + STATE]! |= CUT;
        this.#undecided(id, side, sequence, bytes, from, to);
      } else if ((state & TRACKED) !== 0) this.#follow(id, side, sequence, bytes, from, to);
    } else if (packet.payloadLength > 0) words[base + STATE]! |= side === 0 ? DATA_A : DATA_B;
    if ((flags & (FLAG_FIN | FLAG_RST)) !== 0) this.#tcpEnd(id);
  }

  #tcpFlags(id: number, side: 0 | 1, packet: Packet, flags: number): void {
    const words = this.flows.words;
    const base = id * WORDS;
    if ((flags & FLAG_SYN) !== 0) {
      const isAnswer = (flags & FLAG_ACK) !== 0;
      const state = words[base + STATE]!;
      const hasEnded = (state & RESET) !== 0 || (state & (FIN_A | FIN_B)) === (FIN_A | FIN_B);
      const isStale = hasEnded || this.#pause > STALE_MS;
      if (!isAnswer && isStale && (state & (DATA_A | DATA_B)) !== 0) this.#reuse(id, side);
      const opener = isAnswer ? 1 - side : side;
      words[base + STATE] =
        (words[base + STATE]! & ~OPENER_B) |
        (opener === 1 ? OPENER_B : 0) |
        OPENER_KNOWN |
        (side === 0 ? SYN_A : SYN_B);
      if ((words[base + STATE]! & DONE) !== 0) return;
      const prefix = this.#prefixOf(id);
      if (!this.#prefixes.hasBytes(prefix, side)) this.#prefixes.begin(prefix, side, (packet.sequence + 1) | 0);
    }
    if ((flags & FLAG_FIN) !== 0) words[base + STATE]! |= side === 0 ? FIN_A : FIN_B;
    if ((flags & FLAG_RST) !== 0) words[base + STATE]! |= RESET;
  }

  /** The same ports speak again after the end of an earlier conversation. */
  #reuse(id: number, side: 0 | 1): void {
    const { words, floats } = this.flows;
    const base = id * WORDS;
    const counted = floats[id * FLOATS + BYTES_AB + side]!;
    // The SYN that was just counted belongs to the new one.
    words[base + PACKETS_AB + side]! -= 1;
    floats[id * FLOATS + BYTES_AB + side] = counted - this.#wire;
    words[base + LAST]! -= Math.max(0, Math.min(this.#pause, words[base + LAST]!));
    this.#end(id);
    words.fill(0, base + PACKETS_AB, base + WORDS);
    floats[id * FLOATS + FIRST] = this.#clock[0]!;
    words[base + PACKETS_AB + side] = 1;
    floats[id * FLOATS + BYTES_AB + side] = this.#wire;
  }

  #prefixOf(id: number): number {
    const words = this.flows.words;
    const link = words[id * WORDS + LINK]!;
    if (link !== 0) return link - 1;
    const prefix = this.#prefixes.open(id);
    words[id * WORDS + LINK] = prefix + 1;
    while (this.#prefixes.isOver || this.#prefixes.count > this.#settings.maxUndecided) {
      const oldest = this.#prefixes.oldest;
      if (oldest === prefix) break;
      this.#giveUp(this.#prefixes.flow(oldest));
    }
    return prefix;
  }

  #giveUp(id: number): void {
    this.#decide(id, true);
    const base = id * WORDS;
    if ((this.flows.words[base + STATE]! & DONE) !== 0) return;
    this.evicted++;
    this.flows.words[base + STATE]! |= GIVEN_UP;
    this.#close(id, '');
  }

  #undecided(id: number, side: 0 | 1, sequence: number, bytes: Uint8Array, from: number, to: number): void {
    const words = this.flows.words;
    const base = id * WORDS;
    words[base + STATE]! |= side === 0 ? DATA_A : DATA_B;
    if (bytes[from] === 0x16 && words[base + LINK] === 0 && this.#isNamedTls(id, bytes, from, to)) return;
    const prefix = this.#prefixOf(id);
    const isStartKnown = (words[base + STATE]! & (side === 0 ? SYN_A : SYN_B)) !== 0;
    const added = this.#prefixes.add(prefix, side, sequence, bytes, from, to, isStartKnown);
    // A hole that stays: the start was lost, or (without a SYN) nobody knows that this was the start.
    const isHole =
      added !== ADDED.order &&
      this.#prefixes.hasIsland(prefix, side) &&
      (this.#prefixes.length(prefix, side) === 0 || !isStartKnown);
    if (isHole && words[base + PACKETS_AB + side]! > 24) this.#jump(id, prefix, side);
    else if (added !== ADDED.order) return;
    // One side alone decides nothing yet, except when it goes on and on: then the other is not in the capture.
    const other = side === 0 ? 1 : 0;
    if (!this.#prefixes.hasBytes(prefix, other) && this.#prefixes.length(prefix, side) < ALONE_BYTES) return;
    this.#decide(id, false);
    // What goes beyond the prefix, or triggered the verdict, is heard by whoever follows now.
    if ((words[base + STATE]! & TRACKED) !== 0) this.#follow(id, side, sequence, bytes, from, to);
  }

  /** Most conversations of today: known from their first packet, without keeping anything of it. */
  #isNamedTls(id: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (judgeTls(bytes.subarray(from, to)) !== 'tls-named') return false;
    this.#close(id, 'tls-named');
    return true;
  }

  /** The beginning of a direction was lost: what comes behind the hole is judged as a session heard midway. */
  #jump(id: number, prefix: number, side: 0 | 1): void {
    this.#prefixes.jumpToIsland(prefix, side);
    this.flows.words[id * WORDS + STATE]! &= ~(side === 0 ? SYN_A : SYN_B);
  }

  #tcpEnd(id: number): void {
    const words = this.flows.words;
    const base = id * WORDS;
    const state = words[base + STATE]!;
    const hasEnded = (state & RESET) !== 0 || (state & (FIN_A | FIN_B)) === (FIN_A | FIN_B);
    if (!hasEnded) return;
    if ((state & DONE) === 0) {
      this.#decide(id, true);
      // A late segment may still fill a hole; only what has no hole is closed for good.
      if ((words[base + STATE]! & DONE) === 0 && words[base + LINK] !== 0) {
        const prefix = words[base + LINK]! - 1;
        if (!this.#prefixes.hasIsland(prefix, 0) && !this.#prefixes.hasIsland(prefix, 1)) this.#close(id, '');
      }
    }
  }

  /** Judges an undecided TCP flow by its prefixes. */
  #decide(id: number, isFinal: boolean): void {
    const words = this.flows.words;
    const base = id * WORDS;
    const link = words[base + LINK]!;
    if (link === 0 || (words[base + STATE]! & DONE) !== 0) return;
    const prefix = link - 1;
    if (isFinal) {
      for (const side of [0, 1] as const)
        if (this.#prefixes.length(prefix, side) === 0 && this.#prefixes.hasIsland(prefix, side))
          this.#jump(id, prefix, side);
    }
    const state = words[base + STATE]!;
    const opener = (state & OPENER_B) !== 0 ? 1 : 0;
    const other = opener === 0 ? 1 : 0;
    const starts = [(state & SYN_A) !== 0, (state & SYN_B) !== 0] as const;
    const ports = words[base + PORTS]!;
    const evidence: Evidence = {
      sides: [this.#prefixes.bytes(prefix, opener), this.#prefixes.bytes(prefix, other)],
      isFromStart: [starts[opener], starts[other]],
      isOpenerKnown: (state & OPENER_KNOWN) !== 0,
      isFinal,
      isCut: (state & CUT) !== 0,
      port: opener === 0 ? ports & 0xffff : ports >>> 16,
    };
    let judged: Judgement;
    try {
      judged = judge(evidence);
    } catch (error) {
      this.faults++;
      this.firstFault ??= error instanceof Error ? error.message : String(error);
      judged = 'other';
    }
    if (judged === 'wait') return;
    if (typeof judged === 'string') this.#close(id, judged);
    else this.#recognise(id, prefix, judged, opener);
  }

  /** No detector will want this flow any more. */
  #close(id: number, other: Other): void {
    const words = this.flows.words;
    const base = id * WORDS;
    if (words[base + LINK] !== 0) this.#prefixes.free(words[base + LINK]! - 1);
    words[base + LINK] = 0;
    words[base + STATE] = (words[base + STATE]! & ~OTHER_MASK) | (OTHERS.indexOf(other) << OTHER_SHIFT) | DONE;
  }

  #recognise(id: number, prefix: number, verdict: Verdict, opener: 0 | 1): void {
    const words = this.flows.words;
    const base = id * WORDS;
    const side = (n: 0 | 1): 0 | 1 => (n === opener ? 0 : 1);
    // `verdict` counts sides from the opener; the flow counts from A.
    const client = verdict.client === 0 ? opener : opener === 0 ? 1 : 0;
    const heard = [this.#prefixes.bytes(prefix, 0).slice(), this.#prefixes.bytes(prefix, 1).slice()] as const;
    const next = [this.#prefixes.nextSequence(prefix, 0), this.#prefixes.nextSequence(prefix, 1)] as const;
    const state = words[base + STATE]!;
    const hasBegun = [
      (state & SYN_A) !== 0 || heard[0].length > 0,
      (state & SYN_B) !== 0 || heard[1].length > 0,
    ] as const;
    this.#prefixes.free(prefix);
    words[base + LINK] = 0;
    if ((state & OPENER_KNOWN) === 0)
      words[base + STATE] = (state & ~OPENER_B) | (client === 1 ? OPENER_B : 0) | OPENER_KNOWN;
    const track = this.#track(id, verdict.app, verdict.role, false, verdict.why);
    if (track === null) return;
    if (verdict.role === 'data' || verdict.role === 'http') this.#isTransferring(id);
    const talk = this.#talkOf(verdict, this.#news(track), client);
    if (talk === null) return;
    const follower = new Follower(talk);
    track.follower = follower;
    this.#boundFollowers(track);
    // In the order in which the two sides are likely to have spoken: who listens for transfers greets first.
    for (const n of verdict.talk === 'get' || verdict.talk === 'send' ? ([1, 0] as const) : ([0, 1] as const)) {
      const of = n === 0 ? client : client === 0 ? 1 : 0;
      if (!hasBegun[of]) continue;
      follower.expect(of, next[of]);
      const skip = verdict.skip[side(of)] ?? 0;
      if (heard[of].length <= skip) continue;
      try {
        talk.hear(of, heard[of], skip, heard[of].length);
      } catch (error) {
        this.#fault(track, error);
        return;
      }
    }
    if (talk.isDone) this.#unfollow(track);
  }

  #talkOf(verdict: Verdict, news: News, client: 0 | 1): Talk | null {
    switch (verdict.talk) {
      case 'hub':
        return new HubTalk(news, client);
      case 'overlay':
        return new OverlayTalk(news, client, verdict.app === 'g2', verdict.why.startsWith('midway'));
      case 'http':
        return new HttpBodyTalk(news);
      case 'get':
        return new NapsterBodyTalk(news, client, false);
      case 'send':
        return new NapsterBodyTalk(news, client, true);
      case 'list':
        news.step('browse', client, null);
        return null;
      case 'none':
        return null;
      default:
        return verdict.talk satisfies never;
    }
  }

  #follow(id: number, side: 0 | 1, sequence: number, bytes: Uint8Array, from: number, to: number): void {
    const track = this.tracks[this.flows.words[id * WORDS + LINK]! - 1]!;
    const follower = track.follower;
    if (follower === null) return;
    try {
      follower.segment(side, sequence, bytes, from, to);
    } catch (error) {
      this.#fault(track, error);
      return;
    }
    if (follower.talk.isDone) this.#unfollow(track);
  }

  /** Under a flood the flow that has been followed longest is only counted from then on. */
  #boundFollowers(track: Track): void {
    this.#followed.add(track);
    if (this.#followed.size <= MAX.followers) return;
    for (const oldest of this.#followed) {
      this.#unfollow(oldest);
      return;
    }
  }

  /** A bug of ours met on strangers' bytes: that conversation is only counted from now on, and it is said. */
  #fault(track: Track, error: unknown): void {
    this.faults++;
    this.firstFault ??= error instanceof Error ? error.message : String(error);
    this.#unfollow(track);
  }

  #unfollow(track: Track): void {
    track.follower?.talk.end();
    track.follower = null;
    this.#followed.delete(track);
  }

  // UDP ------------------------------------------------------------------------------------------------------------

  #udp(id: number, side: 0 | 1, packet: Packet, bytes: Uint8Array): void {
    const words = this.flows.words;
    const base = id * WORDS;
    const from = packet.payloadAt;
    const to = packet.payloadEnd;
    const state = words[base + STATE]!;
    if ((state & DONE) !== 0 && (state & TRACKED) === 0) return;
    if (to <= from) return;
    words[base + STATE]! |= side === 0 ? DATA_A : DATA_B;
    const found = judgeDatagram(bytes, from, to, packet.payloadLength);
    if ((state & DONE) === 0) {
      if (found === null) {
        words[base + TRIES_WORD]! += 1;
        if (words[base + TRIES_WORD]! >= MAX_DATAGRAMS) words[base + STATE]! |= DONE;
        return;
      }
      const what =
        found.app === 'g2'
          ? `GND, flags ${hexByte(found.type)}, part ${bytes[from + 6]} of ${bytes[from + 7]}`
          : `a descriptor of type ${hexByte(found.type)}h, whose length field agrees with UDP's (${packet.payloadLength} bytes)`;
      this.#track(
        id,
        found.app,
        'udp',
        false,
        `${what} (${hexAt(bytes, found.app === 'g2' ? from : from + 16, 8, to)})`,
      );
    }
    if (found !== null && found.app === 'gnutella') this.#hearDatagram(id, side, bytes, from, to, found.type);
  }

  #hearDatagram(id: number, side: 0 | 1, bytes: Uint8Array, from: number, to: number, type: number): void {
    const words = this.flows.words;
    const link = words[id * WORDS + LINK]!;
    if (link === 0) return;
    const track = this.tracks[link - 1]!;
    const other = side === 0 ? 1 : 0;
    switch (type) {
      case 0x00: {
        const to4 = words[id * WORDS + (other === 0 ? IP_A : IP_B)]!;
        this.rate(track, 'ping', side, `${to4}:${this.#port(id, other)}`);
        return;
      }
      case 0x01:
        if (to - from >= 23 + 14)
          this.#news(track).told(
            other,
            readIp(bytes, from + 25),
            bytes[from + 23]! | (bytes[from + 24]! << 8),
            'a pong',
          );
        return;
      case 0x80:
        this.step(track, 'search', side, null);
        return;
      case 0x81:
        readHit(this.#news(track), other, bytes, from + 23, to - from - 23);
        return;
      default:
    }
  }

  // Fragments ------------------------------------------------------------------------------------------------------

  #fragment(reader: CaptureReader, wire: number): void {
    const packet = this.#packet;
    const { bytes, view } = reader;
    const src = packet.family === 6 ? this.addresses.row(view, packet.srcAt) : packet.src;
    const dst = packet.family === 6 ? this.addresses.row(view, packet.dstAt) : packet.dst;
    const key = `${packet.family} ${src} ${dst} ${packet.protocol} ${packet.fragmentId}`;
    const datagram = this.#fragments.find(key, packet, this.#clock[0]!);
    const { payloadAt, payloadEnd, payloadLength, protocol } = packet;
    if (packet.fragmentOffset === 0 && datagram.flow < 0) {
      // The first fragment has the ports, and with UDP what decides.
      const kind = packet.transport(bytes, view, payloadAt, payloadEnd, payloadLength);
      if (kind !== KIND.nothing) {
        datagram.flow = this.#flowOf(packet, view);
        this.#count(datagram.flow, this.#sideIsB ? 1 : 0, datagram.packets, datagram.wireBytes);
        if (kind === KIND.udp) this.#udp(datagram.flow, this.#sideIsB ? 1 : 0, packet, bytes);
      }
      Object.assign(packet, { payloadAt, payloadEnd, payloadLength, protocol });
    }
    if (datagram.flow >= 0) this.#count(datagram.flow, this.#sideOf(datagram.flow, src, packet.family), 1, wire);
    else {
      datagram.packets++;
      datagram.wireBytes += wire;
    }
    const whole = this.#fragments.add(key, datagram, packet, bytes);
    if (whole === null || datagram.flow < 0) return;
    const side = this.#sideOf(datagram.flow, src, packet.family);
    const kind = packet.transport(whole, new DataView(whole.buffer), 0, whole.length, whole.length);
    if (kind === KIND.tcp) this.#tcp(datagram.flow, side, packet, whole);
  }

  #sideOf(id: number, src: number, _family: number): 0 | 1 {
    return this.flows.ints[id * WORDS + IP_A] === src ? 0 : 1;
  }

  // What is learnt -------------------------------------------------------------------------------------------------

  #track(id: number, app: App, role: Role, isInferred: boolean, why: string): Track | null {
    const { words, floats } = this.flows;
    const base = id * WORDS;
    words[base + STATE] =
      (words[base + STATE]! & ~63) | APPS.indexOf(app) | (ROLES.indexOf(role) << 2) | (isInferred ? 32 : 0) | DONE;
    if (this.tracks.length >= MAX.tracks) {
      this.evicted++;
      return null;
    }
    const track = new Track(
      id,
      app,
      role,
      isInferred,
      flat(why),
      this.#bin,
      this.activity.generation,
      this.#clock[0]! + this.#settings.interimSeconds,
    );
    track.isOpenerB = (words[base + STATE]! & OPENER_B) !== 0;
    this.tracks.push(track);
    words[base + STATE]! |= TRACKED;
    words[base + LINK] = this.tracks.length;
    // What went before the verdict was said within a moment of it, except for inferred flows.
    const ab = floats[id * FLOATS + BYTES_AB]!;
    const ba = floats[id * FLOATS + BYTES_BA]!;
    if (!isInferred) {
      track.ab = ab;
      track.ba = ba;
      return track;
    }
    const from = this.activity.binOf(floats[id * FLOATS + FIRST]!);
    const to = this.activity.binOf(floats[id * FLOATS + FIRST]! + words[base + LAST]! / 1000);
    const bins = Math.min(to - from + 1, 256);
    for (let n = 0; n < bins; n++)
      this.activity.add(
        this.tracks.length - 1,
        from + Math.floor(((to - from) * n) / Math.max(1, bins - 1)),
        ab / bins,
        ba / bins,
      );
    return track;
  }

  #port(id: number, side: 0 | 1): number {
    const ports = this.flows.words[id * WORDS + PORTS]!;
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  /** The host number on a side of a flow. */
  hostAt(id: number, side: 0 | 1): number {
    const words = this.flows.words;
    return hostOf(words[id * WORDS + (side === 0 ? IP_A : IP_B)]!, (words[id * WORDS + KIND_WORD]! >> 8) & 15);
  }

  #isTransferring(id: number): void {
    if (this.#transfers.size > MAX.tracks) return;
    this.#transfers.add(this.hostAt(id, 0));
    this.#transfers.add(this.hostAt(id, 1));
  }

  #news(track: Track): News {
    return new Ear(this, track);
  }

  /** @internal */
  step(track: Track, what: Step, side: 0 | 1, name: string | null): void {
    // A search and its hundred results are one mark each kind and moment; the picture cannot show more.
    const last = track.steps.at(-1);
    const isRepeat =
      last !== undefined && last.what === what && this.#clock[0]! - last.at < 0.5 && !this.#settings.names;
    if (isRepeat) return;
    if (track.steps.length >= MAX.stepsPerFlow || this.#stepCount >= MAX.steps) {
      track.stepsLost++;
      return;
    }
    this.#stepCount++;
    track.steps.push({ at: this.#clock[0]!, what, side, name: this.#settings.names ? name : null });
  }

  /** @internal */
  rate(track: Track, kind: keyof WatchSettings['thresholds'], side: 0 | 1, subject: string | null): void {
    const id = track.flow;
    const limit = this.#settings.thresholds[kind];
    const host = this.hostAt(id, side);
    const key = kind === 'crawl' && subject !== null ? `${this.hostAt(id, side === 0 ? 1 : 0)}` : subject;
    const count = this.#rates.count(kind, host, key, this.#clock[0]!, limit + 1);
    if (count !== limit) return;
    if (kind === 'ping' && this.#transfers.has(host)) return;
    const isHarvest = kind === 'browse' || kind === 'whois' || kind === 'crawl' || kind === 'ping';
    const words: Record<typeof kind, string> = {
      search: `${limit} searches within a minute`,
      message: `${limit} private messages within a minute`,
      login: `${limit} logins within a minute`,
      query: `${limit} queries of its own within a minute`,
      browse: `${limit} different users browsed within a minute`,
      whois: `${limit} different users looked up within a minute`,
      crawl: `crawled ${limit} servents within a minute`,
      ping: `pinged ${limit} servents by UDP within a minute, without transfers`,
    };
    this.raise(track, isHarvest ? 'harvest' : 'flood', words[kind], host);
  }

  /** @internal */
  pushed(track: Track, ip: number, port: number): void {
    const limit = this.#settings.pushes;
    if (this.#rates.count(`push ${port}`, ip, null, this.#clock[0]!, limit) !== limit) return;
    this.raise(
      track,
      'push-ddos',
      `${limit} push requests within a minute name ${this.addresses.text(ip, 4)}:${port}, which would be called by everyone who obeys`,
      null,
    );
  }

  /** @internal */
  raise(track: Track, kind: AlertKind, why: string, host: number | null): void {
    const id = track.flow;
    track.alerted ??= new Set();
    const isNew = !track.alerted.has(kind + why.slice(0, 24)) && track.alerted.size < 32;
    if (!isNew) return;
    track.alerted.add(kind + why.slice(0, 24));
    const record = this.record(id);
    const about = host ?? record.srcHost;
    const key = `${kind} ${host ?? `${record.src} ${record.sport} ${record.dst} ${record.dport}`} ${why.slice(0, 24)}`;
    const slot = `${key} ${Math.floor(this.#clock[0]! / 600)}`;
    if (this.#raised.has(slot)) return;
    if (this.#raised.size > 100_000) this.#raised.clear();
    this.#raised.add(slot);
    const alert: Alert = {
      kind,
      at: this.#clock[0]!,
      why,
      host: this.addresses.hostText(about),
      flow: { src: record.src, sport: record.sport, dst: record.dst, dport: record.dport, proto: record.proto },
    };
    if (!this.#sink.accepts(alert)) return;
    if (this.alerts.length < MAX.alerts) this.alerts.push(alert);
    this.#sink.alert(alert);
  }

  /** @internal */
  tell(track: Track, side: 0 | 1, ip: number, port: number, what: string): void {
    this.told.add(this.hostAt(track.flow, side), ip, port, this.#clock[0]!, track.app, what);
  }

  // Leaving --------------------------------------------------------------------------------------------------------

  /** A flow leaves the table, or its ports are used anew: it is judged for the last time and reported. */
  #end(id: number): void {
    const { words, floats } = this.flows;
    const base = id * WORDS;
    this.#settle(id);
    const state = words[base + STATE]!;
    const bytes = floats[id * FLOATS + BYTES_AB]! + floats[id * FLOATS + BYTES_BA]!;
    if ((state & 3) !== 0) {
      if ((state & 32) !== 0) this.#endedInferred += bytes;
      else this.#endedSeen += bytes;
    }
    this.#sink.flow(id, false);
    if ((state & TRACKED) === 0) return;
    const number = words[base + LINK]! - 1;
    const track = this.tracks[number]!;
    track.ended = this.record(id);
    track.flow = -1;
  }

  /** The last judgement of a flow, by content and then by what its hosts were told. */
  #settle(id: number): void {
    const words = this.flows.words;
    const base = id * WORDS;
    if ((words[base + STATE]! & DONE) === 0) {
      this.#decide(id, true);
      if ((words[base + STATE]! & DONE) === 0) this.#close(id, '');
    }
    if ((words[base + STATE]! & TRACKED) !== 0) {
      const number = words[base + LINK]! - 1;
      const track = this.tracks[number]!;
      try {
        track.follower?.finish();
      } catch (error) {
        this.#fault(track, error);
      }
      this.#unfollow(track);
      this.#flushTrack(number, track);
    } else if ((words[base + STATE]! & 3) === 0) this.#infer(id);
  }

  #infer(id: number): void {
    if (this.told.isEmpty) return;
    const { words, floats } = this.flows;
    const base = id * WORDS;
    const state = words[base + STATE]!;
    if ((words[base + KIND_WORD]! & 0xff) !== TCP || words[base + KIND_WORD]! >> 8 !== 4) return;
    if ((state & (DATA_A | DATA_B)) === 0) return;
    const other = OTHERS[(state & OTHER_MASK) >> OTHER_SHIFT] as Other;
    const isTls = other === 'tls';
    const isMidway = (state & (SYN_A | SYN_B)) === 0 && (other === '' || other === 'other');
    if (!isTls && !isMidway) return;
    const first = floats[id * FLOATS + FIRST]!;
    const last = first + words[base + LAST]! / 1000;
    for (const side of [0, 1] as const) {
      const target = side === 0 ? 1 : 0;
      const port = this.#port(id, target);
      // Well-known ports carry other people's services: a poisoned pong may name them.
      if (port < 1024 || !this.told.mayKnow(port)) continue;
      if (isTls && (state & OPENER_KNOWN) !== 0 && ((state & OPENER_B) !== 0 ? 1 : 0) !== side) continue;
      const ip = words[base + (target === 0 ? IP_A : IP_B)]!;
      const telling = this.told.find(this.hostAt(id, side), ip, port, first, last);
      if (telling === null) continue;
      if (telling.app === 'napster' && isTls) continue;
      const role: Role = telling.app === 'napster' ? 'data' : /pong|handshake/.test(telling.what) ? 'overlay' : 'http';
      const how = isTls ? 'TLS without a server name' : 'it began before the capture';
      this.#track(
        id,
        telling.app,
        role,
        true,
        `${this.addresses.hostText(this.hostAt(id, side))} was told ${this.addresses.text(ip, 4)}:${port} by ${telling.what}; ${how}`,
      );
      return;
    }
  }

  /** Too many flows: those that ended or are idle leave, then the oldest. */
  #sweep(keep: number): void {
    const { words, floats } = this.flows;
    const leaving: number[] = [];
    for (let idle = 120; leaving.length < this.flows.count / 8; idle = idle > 1 ? idle / 4 : -1) {
      leaving.length = 0;
      for (let id = 0; id < this.flows.end; id++) {
        if (!this.flows.isUsed(id) || id === keep) continue;
        const last = floats[id * FLOATS + FIRST]! + words[id * WORDS + LAST]! / 1000;
        if (this.#clock[0]! - last > idle) leaving.push(id);
      }
      if (idle < 0) break;
    }
    if (leaving.length > this.flows.count / 2) leaving.length = Math.ceil(this.flows.count / 2);
    this.evicted += leaving.length;
    for (const id of leaving) this.#end(id);
    this.flows.remove(leaving);
  }

  /** Live: flows that have been over or idle for long are reported and leave. */
  expire(now: number): void {
    const { words, floats } = this.flows;
    const leaving: number[] = [];
    for (let id = 0; id < this.flows.end; id++) {
      if (!this.flows.isUsed(id)) continue;
      const state = words[id * WORDS + STATE]!;
      const idle = now - floats[id * FLOATS + FIRST]! - words[id * WORDS + LAST]! / 1000;
      const isOver = (state & RESET) !== 0 || (state & (FIN_A | FIN_B)) === (FIN_A | FIN_B);
      const isTcp = (words[id * WORDS + KIND_WORD]! & 0xff) === TCP;
      if (idle > (isOver ? 10 : isTcp ? 1800 : 180)) leaving.push(id);
    }
    if (leaving.length === 0) return;
    for (const id of leaving) this.#end(id);
    this.flows.remove(leaving);
  }

  /** The input has ended: everything is judged for the last time. Flows stay in the table for whoever reports them. */
  finish(): void {
    // Content first, all of it: what was told in one flow explains another.
    for (let id = 0; id < this.flows.end; id++) if (this.flows.isUsed(id)) this.#settleContent(id);
    for (let id = 0; id < this.flows.end; id++) if (this.flows.isUsed(id)) this.#settle(id);
    this.activity.flush();
  }

  #settleContent(id: number): void {
    const words = this.flows.words;
    const base = id * WORDS;
    if ((words[base + STATE]! & DONE) !== 0) return;
    this.#decide(id, true);
    if ((words[base + STATE]! & DONE) === 0) this.#close(id, '');
  }

  /** Writes what tracks still hold of their open time bin, so that a reader sees all of it. */
  flushTracks(): void {
    for (const [number, track] of this.tracks.entries()) if (track.flow >= 0) this.#flushTrack(number, track);
    this.activity.flush();
  }

  /** Bytes of recognised flows, so far. */
  shares(): { seen: number; inferred: number } {
    const { words, floats } = this.flows;
    let seen = this.#endedSeen;
    let inferred = this.#endedInferred;
    for (let id = 0; id < this.flows.end; id++) {
      const state = words[id * WORDS + STATE]!;
      if ((state & 3) === 0) continue;
      const bytes = floats[id * FLOATS + BYTES_AB]! + floats[id * FLOATS + BYTES_BA]!;
      if ((state & 32) !== 0) inferred += bytes;
      else seen += bytes;
    }
    return { seen, inferred };
  }

  /** A flow of the table as an object: for everything but the hot path. */
  record(id: number): FlowRecord {
    const { words, floats } = this.flows;
    const base = id * WORDS;
    const state = words[base + STATE]!;
    const family = (words[base + KIND_WORD]! >> 8) & 15;
    const opener = (state & OPENER_B) !== 0 ? 1 : 0;
    const target = opener === 0 ? 1 : 0;
    const ip = [words[base + IP_A]!, words[base + IP_B]!] as const;
    const first = floats[id * FLOATS + FIRST]!;
    const app = APPS[state & 3] as App;
    const link = words[base + LINK]!;
    const track = (state & TRACKED) !== 0 ? this.tracks[link - 1] : undefined;
    return {
      src: this.addresses.text(ip[opener], family),
      sport: this.#port(id, opener),
      dst: this.addresses.text(ip[target], family),
      dport: this.#port(id, target),
      proto: (words[base + KIND_WORD]! & 0xff) === TCP ? 'tcp' : 'udp',
      app,
      role: ROLES[(state >> 2) & 7] as Role,
      certainty: app === 'unknown' ? null : (state & 32) !== 0 ? 'inferred' : 'seen',
      why: track?.why ?? (app === 'unknown' ? whyNot(state) : 'recognised; the table of reasons was full'),
      packets: words[base + PACKETS_AB]! + words[base + PACKETS_BA]!,
      bytes: floats[id * FLOATS + BYTES_AB]! + floats[id * FLOATS + BYTES_BA]!,
      packetsToServer: words[base + PACKETS_AB + opener]!,
      bytesToServer: floats[id * FLOATS + BYTES_AB + opener]!,
      first,
      last: first + words[base + LAST]! / 1000,
      flowId: this.flowId(id),
      srcHost: hostOf(ip[opener], family),
      dstHost: hostOf(ip[target], family),
    };
  }

  /** Community id, version 1, seed 0. */
  flowId(id: number): string {
    return communityId(this.flows.words, id, this.addresses);
  }
}

/** What one conversation tells the watcher. A class, not closures: there is one for each recognised flow. */
class Ear implements News {
  readonly #watcher: Watcher;
  readonly #track: Track;
  constructor(watcher: Watcher, track: Track) {
    this.#watcher = watcher;
    this.#track = track;
  }
  alert(kind: AlertKind, why: string): void {
    this.#watcher.raise(this.#track, kind, why, null);
  }
  told(side: 0 | 1, ip: number, port: number, what: string): void {
    this.#watcher.tell(this.#track, side, ip, port, what);
  }
  rate(kind: keyof WatchSettings['thresholds'], side: 0 | 1, subject: string | null): void {
    this.#watcher.rate(this.#track, kind, side, subject);
  }
  push(ip: number, port: number): void {
    this.#watcher.pushed(this.#track, ip, port);
  }
  step(what: Step, side: 0 | 1, name: string | null): void {
    this.#watcher.step(this.#track, what, side, name);
  }
  person(side: 0 | 1, program: string | null, nick: string | null): void {
    if (program !== null) (this.#track.program ??= [null, null])[side] ??= program;
    if (nick !== null) (this.#track.nick ??= [null, null])[side] ??= nick;
  }
}

function whyNot(state: number): string {
  if ((state & GIVEN_UP) !== 0) return 'given up for memory before it could be judged';
  const other = OTHERS[(state & OTHER_MASK) >> OTHER_SHIFT];
  return other === '' ? 'nothing in it decides' : `none of ours: ${other}`;
}

/** A string of its own: parts of a head would keep the whole head in memory. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}

const idInput = new Uint8Array(2 + 32 + 2 + 4);
const idView = new DataView(idInput.buffer);
const idInput4 = idInput.subarray(0, 16);

/**
 * https://github.com/corelight/community-id-spec: SHA-1 over seed, smaller end, larger end, protocol, a zero, ports. A
 * flow's ends are in the order of signed numbers, and of IPv6 rows by appearance: they are compared again here.
 */
function communityId(words: Uint32Array, id: number, addresses: Addresses): string {
  const base = id * WORDS;
  let ports = words[base + PORTS]!;
  const protocol = words[base + KIND_WORD]! & 0xff;
  if (words[base + KIND_WORD]! >> 8 === 4) {
    const a = words[base + IP_A]!;
    const b = words[base + IP_B]!;
    const isSwapped = a > b || (a === b && ports >>> 16 > (ports & 0xffff));
    if (isSwapped) ports = ((ports << 16) | (ports >>> 16)) >>> 0;
    idView.setUint32(2, isSwapped ? b : a);
    idView.setUint32(6, isSwapped ? a : b);
    idView.setUint16(10, protocol << 8);
    idView.setUint32(12, ports);
    return `1:${hash('sha1', idInput4, 'base64')}`;
  }
  let a = addresses.bytes(words[base + IP_A]!, 6);
  let b = addresses.bytes(words[base + IP_B]!, 6);
  if (Buffer.compare(a, b) > 0) {
    [a, b] = [b, a];
    ports = ((ports << 16) | (ports >>> 16)) >>> 0;
  }
  idInput.set(a, 2);
  idInput.set(b, 18);
  idView.setUint16(34, protocol << 8);
  idView.setUint32(36, ports);
  return `1:${hash('sha1', idInput, 'base64')}`;
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function hexAt(bytes: Uint8Array, from: number, count: number, end: number): string {
  const parts: string[] = [];
  for (let at = from; at < Math.min(end, from + count); at++) parts.push(hexByte(bytes[at]!));
  return parts.join(' ');
}
