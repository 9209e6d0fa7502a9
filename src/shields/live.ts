// The live connections of `shields serve`, and the one thing they can do: start a test of the address they come from.
// A test ends with its connection. Nothing of a result is kept.
import { randomBytes } from 'node:crypto';
import type { WebSocket } from '@fastify/websocket';
import type { ShieldsConsent, ShieldsMessage, ShieldsReport, ShieldsRow, ShieldsTest } from '#api';
import { byteString, Failure, harmless, type Log, readable, seeded } from '#base';
import { encodeSearch, SSDP_PORT } from '#wire/nat';
import { type KnownAddress, whyNot } from './addresses.ts';
import { probeCards } from './cards.ts';
import { Consents } from './consent.ts';
import { askUdp } from './datagrams.ts';
import { Gate, LIMITS, type Refusal, Turns } from './gate.ts';
import { portName } from './knowledge.ts';
import { portsOf } from './ports.ts';
import { openFileRoom, type ProbeResult } from './probe.ts';
import { probeAndWatch, type Watching } from './surroundings.ts';
import { count, notes, type ProbedPort, sentence, type Surroundings, textReport, verdictOf } from './verdict.ts';

/** What a token allows. */
type Test = { test: ShieldsTest; ports: number[] };

export type LiveSettings = {
  lan: boolean;
  /** Count what a visitor's host sends unasked, where the packet filter allows it. */
  unsolicited: boolean;
  /** Networks that asked never to be probed. */
  optedOut: (address: string) => boolean;
  log: Log;
  now: () => number;
};

type Live = {
  id: string;
  socket: WebSocket;
  visitor: KnownAddress;
  /** Whether the socket comes from the visitor itself: only then is its round trip the visitor's. */
  direct: boolean;
  rttMs: number | null;
  /** Our port that the page came to. */
  page: number | null;
  stop: AbortController;
};

const RTT_PINGS = 3;
const KEEPALIVE_MS = 20_000;
const MOST_ROWS = 1200;
/** For its pause the UPnP test counts as a small one. */
const UPNP_SIZE = 2;
const UDP_WINDOWS = [137, 138];

/** All live connections of one server. */
export class LiveRoom {
  readonly #settings: LiveSettings;
  readonly #lives = new Map<string, Live>();
  readonly #consents = new Consents<Test>(secret);
  readonly #gate = new Gate();
  readonly #turns = new Turns();
  readonly #keepalive: NodeJS.Timeout;

  constructor(settings: LiveSettings) {
    this.#settings = settings;
    this.#keepalive = setInterval(() => {
      for (const { socket } of this.#lives.values()) socket.ping();
    }, KEEPALIVE_MS).unref();
  }

  close(): void {
    clearInterval(this.#keepalive);
    for (const live of this.#lives.values()) live.socket.terminate();
  }

  /** Null when the room is full, or this visitor has too many tabs. */
  open(socket: WebSocket, visitor: KnownAddress, direct: boolean, page: number | null): void {
    const ofSite = [...this.#lives.values()].filter((live) => live.visitor.site === visitor.site).length;
    if (this.#lives.size >= LIMITS.connections.value || ofSite >= LIMITS.connectionsPerSite.value)
      return socket.close(1013, 'too many connections');
    const live: Live = { id: secret(), socket, visitor, direct, rttMs: null, page, stop: new AbortController() };
    this.#lives.set(live.id, live);
    socket.on('close', () => {
      this.#lives.delete(live.id);
      live.stop.abort(new Failure('the page was closed'));
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data: Buffer) => void this.#hear(live, data.toString()));
    measure(live, this.#settings.now);
    tell(live, { kind: 'hello', connection: live.id, rttMs: null });
  }

  /** A token for one start of a test on a live connection of this visitor; a sentence when it is not to be had. */
  consent({ test, connection, ports }: ShieldsConsent, visitor: KnownAddress): { token: string } | { refused: string } {
    const live = this.#lives.get(connection);
    if (live?.visitor.text !== visitor.text)
      return { refused: 'That connection is not yours, or it is gone: load the page again.' };
    const refused = this.refusal(visitor);
    if (refused !== null) return { refused };
    if (test === 'own' && ports === undefined) return { refused: 'An own list wants ports.' };
    if (test === 'upnp' && visitor.family === 6)
      return { refused: 'The UPnP test goes by IPv4, and you came by IPv6.' };
    const what = { test, ports: test === 'own' ? (ports ?? []) : test === 'upnp' ? [] : portsOf(test) };
    return { token: this.#consents.give({ address: visitor.text, connection, what }, this.#settings.now()) };
  }

  /** Why this visitor is not probed at all; null: may be. */
  refusal(visitor: KnownAddress): string | null {
    if (this.#settings.optedOut(visitor.text)) return 'The owner of your network asked us never to probe it.';
    return whyNot(visitor, this.#settings.lan);
  }

  async #hear(live: Live, text: string): Promise<void> {
    const token = tokenOf(text);
    if (token === null) return live.socket.close(1008, 'not understood');
    const what = this.#consents.take(token, live.visitor.text, live.id, this.#settings.now());
    if (what === null)
      return tell(live, failed('no-consent', 'The consent is used up, too old, or was given elsewhere. Start again.'));
    const refused = this.refusal(live.visitor);
    if (refused !== null) return tell(live, failed('refused', refused));
    const size = what.test === 'upnp' ? UPNP_SIZE : what.ports.length;
    const refusal = this.#gate.start(live.visitor, size, this.#settings.now());
    if (refusal !== null) return tell(live, failed(refusal.code, wordsOf(refusal)));
    try {
      await this.#inTurn(live, what);
    } catch (error) {
      if (!live.stop.signal.aborted)
        tell(
          live,
          failed('failed', error instanceof Failure ? error.message : 'The test broke off; that is our fault.'),
        );
      if (!(error instanceof Failure))
        this.#settings.log.error('shields-test-failed', { why: (error as Error).message });
    } finally {
      this.#gate.ended(live.visitor, size, this.#settings.now());
    }
  }

  async #inTurn(live: Live, what: Test): Promise<void> {
    const leave = await this.#turns.take(live.stop.signal, (before) => tell(live, { kind: 'waiting', before }));
    if (leave === null) return tell(live, failed('full', 'Too many people are waiting. Come back in some minutes.'));
    try {
      // No address in the log: results and who asked for them are kept nowhere.
      this.#settings.log.info('shields-test', {
        test: what.test,
        ports: what.ports.length,
        family: live.visitor.family,
      });
      tell(live, { kind: 'started', test: what.test, ports: what.ports.length > MOST_ROWS ? [] : what.ports });
      await (what.test === 'upnp'
        ? testUpnp(live)
        : testPorts(live, what, { unsolicited: this.#settings.unsolicited, page: live.page }));
    } finally {
      leave();
    }
  }
}

async function testPorts(live: Live, { test, ports }: Test, watching: Watching): Promise<void> {
  const host = live.visitor.text;
  const { signal } = live.stop;
  const [{ result, around }, udp] = await Promise.all([
    probeAndWatch(
      {
        host,
        ports,
        pace: {
          ratePerS: LIMITS.targetPerS.value,
          inFlight: Math.floor(openFileRoom() / LIMITS.probesAtOnce.value),
          rttHintMs: live.direct ? live.rttMs : null,
        },
        chance: seeded(randomBytes(4).readUInt32LE()),
        signal,
        progress: (changed, phase) =>
          tell(live, {
            kind: 'states',
            rows: changed.map(({ port, state, provisional }) => [port, state, provisional]),
            phase,
          }),
      },
      watching,
    ),
    test === 'windows' ? askWindows(host, signal) : [],
  ]);
  tell(live, { kind: 'report', report: reportOf(test, result, udp, around) });
}

function reportOf(
  test: ShieldsTest,
  { ports, host, seconds }: ProbeResult,
  udp: ShieldsRow[],
  around: Surroundings,
): ShieldsReport {
  const counts = count(ports);
  const text = textReport({ ports, around, host, seconds, at: new Date().toISOString(), nameOf: portName });
  return {
    test,
    rows: [...shown(ports), ...udp],
    ...counts,
    ...around,
    verdict: verdictOf(counts, around),
    sentence: sentence(ports, around),
    notes: notes(host),
    seconds,
    text,
    cards: probeCards(ports, around),
  };
}

/** Of many ports only those that are not like most: the page shows the others as a number. */
function shown(ports: readonly ProbedPort[]): ShieldsRow[] {
  const counts = count(ports);
  const usual = counts.stealth >= counts.closed ? 'stealth' : 'closed';
  const rows = ports.length <= MOST_ROWS ? ports : ports.filter(({ state }) => state !== usual).slice(0, MOST_ROWS);
  return rows.map((row) => ({ ...row, proto: 'tcp' }));
}

/** NetBIOS names and datagrams: an empty datagram each, nothing that a name service would understand. */
async function askWindows(host: string, signal: AbortSignal): Promise<ShieldsRow[]> {
  const empty = new Uint8Array(0);
  return await Promise.all(
    UDP_WINDOWS.map(async (port): Promise<ShieldsRow> => {
      const { state } = await askUdp({ host, port, payload: empty, times: 2, gapMs: 400, waitMs: 900, signal });
      if (state === 'open') return { port, state: 'open', how: 'reply', confidence: 'high', proto: 'udp' };
      if (state === 'closed') return { port, state: 'closed', how: 'icmp', confidence: 'high', proto: 'udp' };
      return { port, state: 'stealth', how: 'silence', confidence: 'low', proto: 'udp' };
    }),
  );
}

async function testUpnp(live: Live): Promise<void> {
  const host = live.visitor.text;
  const { replies } = await askUdp({
    host,
    port: SSDP_PORT,
    payload: encodeSearch(host),
    times: LIMITS.upnpPackets.value,
    gapMs: 500,
    waitMs: 1500,
    signal: live.stop.signal,
  });
  const texts = replies.map((reply) =>
    readable(byteString(reply.subarray(0, 2000)))
      .split('\n')
      .map((line) => harmless(line.trimEnd()))
      .join('\n'),
  );
  tell(live, { kind: 'upnp', replies: texts, sent: LIMITS.upnpPackets.value });
}

/** The page's own round trips, as the protocol's ping brings them. */
function measure(live: Live, now: () => number): void {
  let sentAt = now();
  let left = RTT_PINGS;
  live.socket.on('pong', () => {
    if (left <= 0) return;
    live.rttMs = Math.min(live.rttMs ?? Number.POSITIVE_INFINITY, now() - sentAt);
    if (--left <= 0) return;
    sentAt = now();
    live.socket.ping();
  });
  live.socket.ping();
}

function tell({ socket }: Live, message: ShieldsMessage): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

function failed(code: string, message: string): ShieldsMessage {
  return { kind: 'failed', code, message };
}

function tokenOf(text: string): string | null {
  try {
    const { kind, token, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return kind === 'start' && typeof token === 'string' && Object.keys(rest).length === 0 ? token : null;
  } catch {
    return null;
  }
}

function wordsOf({ code, waitMs }: Refusal): string {
  const seconds = Math.ceil(waitMs / 1000);
  const wait = seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
  switch (code) {
    case 'busy':
      return 'A test of your address is running already.';
    case 'pause':
      return `Your address was just tested. The next test can start in ${wait}.`;
    case 'too-often':
      return `Your network was tested very often in this hour. Try again in ${wait}.`;
    case 'full':
      return 'Too many people are waiting. Come back in some minutes.';
  }
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}
