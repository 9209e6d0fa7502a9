// What the shields page may ask of `shields serve`: types, routes, JSON Schema literals. There is no host and no address
// in any request: the only machine that can be probed is the one that asks.
//
//   GET  /api/shields/me          who you are to us, which tests there are, what your browser said
//   GET  /api/shields/ports       our texts on ports
//   WS   /api/shields/live        server: ShieldsHello; later states, phases, the report. The probe stops when it closes
//   POST /api/shields/consent     with the connection's name and a test: a token for one start of that test
//        then on the live connection: { kind: 'start', token }
//   GET  /api/shields/audit       the inside of the machine; for the person who sits at it, nobody else
import type { Route } from './route.ts';

export type ShieldsTest = 'common' | 'windows' | 'sharing' | 'service' | 'all' | 'own' | 'upnp';
export type ShieldsPortState = 'open' | 'closed' | 'stealth';

export type ShieldsMe = {
  address: string;
  family: 4 | 6;
  /** Why nothing can be tested from here, in words; null: it can. */
  refused: string | null;
  /** `lan`: this server also takes visitors from its own network. */
  mode: 'internet' | 'lan';
  /** What the visitor should know before the result is read: a proxy, a shared address. */
  warnings: string[];
  tests: { test: ShieldsTest; ports: number; about: string }[];
  /** What the browser sent without being asked. */
  headers: { name: string; value: string }[];
  /** The audit of this machine may be asked for. */
  audit: boolean;
};

export type ShieldsPortText = {
  port: number;
  name: string;
  who: string;
  what: string;
  close: string;
  related: number[];
};

export type ShieldsConsent = { test: ShieldsTest; connection: string; ports?: number[] };
export type ShieldsToken = { token: string };

export type ShieldsRow = {
  port: number;
  state: ShieldsPortState;
  how: string;
  confidence: 'high' | 'low';
  proto: 'tcp' | 'udp';
};

export type ShieldsReport = {
  test: ShieldsTest;
  rows: ShieldsRow[];
  open: number;
  closed: number;
  stealth: number;
  ping: 'silent' | 'answers' | 'not tested';
  unsolicited: number | 'not tested';
  verdict: 'open found' | 'closed only' | 'all stealth' | 'passed';
  sentence: string;
  notes: string[];
  seconds: number;
  /** A report without any address, to paste. */
  text: string;
  cards: ShieldsCard[];
};

/** A fix card: one finding and what to do about it. */
export type ShieldsCard = {
  id: string;
  level: 'note' | 'warn' | 'alarm';
  title: string;
  what: string;
  why: string;
  steps: { system: string; lines: string[] }[];
  keeps: string;
  /** The port that "test again" asks; null: nothing to test. */
  port: number | null;
};

export type ShieldsMessage =
  | { kind: 'hello'; connection: string; rttMs: number | null }
  | { kind: 'waiting'; before: number }
  | { kind: 'started'; test: ShieldsTest; ports: number[] }
  /** Rows as [port, state, provisional]. */
  | { kind: 'states'; rows: [number, ShieldsPortState, boolean][]; phase: string }
  | { kind: 'report'; report: ShieldsReport }
  | { kind: 'upnp'; replies: string[]; sent: number }
  | { kind: 'failed'; code: string; message: string };
export type ShieldsStart = { kind: 'start'; token: string };

export type ShieldsAuditRow = {
  proto: 'tcp' | 'udp';
  address: string;
  port: number;
  name: string;
  program: string;
  pid: number | null;
  user: string | null;
  reach: 'loopback' | 'lan' | 'any';
  filter: 'dropped' | 'accepted' | 'unsure' | 'no filter';
  since: string | null;
  startedBy: string | null;
};

export type ShieldsAudit = {
  system: 'linux' | 'windows' | 'macos';
  listeners: ShieldsAuditRow[];
  connections: { proto: 'tcp' | 'udp'; local: string; remote: string; program: string; pid: number | null }[];
  firewall: string;
  unseen: string[];
  cards: ShieldsCard[];
};

/** What the router says of itself by UPnP; asked for apart, because it sends packets into the local network. */
export type ShieldsRouter = {
  device: string | null;
  gateway: string | null;
  outside: string | null;
  nat: 'none' | 'nat' | 'double nat' | 'provider nat' | 'not known';
  mappings: { proto: 'tcp' | 'udp'; outside: number; inside: number; client: string; about: string; ours: boolean }[];
  notes: string[];
  cards: ShieldsCard[];
};

export const SHIELDS_ROUTES = {
  me: { method: 'GET', path: '/api/shields/me', open: true },
  ports: { method: 'GET', path: '/api/shields/ports', open: true },
  live: { method: 'GET', path: '/api/shields/live', open: true },
  consent: {
    method: 'POST',
    path: '/api/shields/consent',
    open: true,
    body: {
      type: 'object',
      additionalProperties: false,
      required: ['test', 'connection'],
      properties: {
        test: { enum: ['common', 'windows', 'sharing', 'service', 'all', 'own', 'upnp'] },
        connection: { type: 'string', minLength: 16, maxLength: 64 },
        ports: {
          type: 'array',
          minItems: 1,
          maxItems: 64,
          uniqueItems: true,
          items: { type: 'integer', minimum: 0, maximum: 65_535 },
        },
      },
    },
  },
  audit: { method: 'GET', path: '/api/shields/audit', open: true },
  router: { method: 'GET', path: '/api/shields/router', open: true },
} as const satisfies Record<string, Route>;
