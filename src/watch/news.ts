// What the talks learn, and the watcher does something with.

export const ALERTS = [
  'auto-upgrade',
  'port-check',
  'overflow',
  'harvest',
  'flood',
  'push-ddos',
  'wrapster',
  'executable',
] as const;
export type AlertKind = (typeof ALERTS)[number];

/** What a session did, for the picture. */
export type Step = 'login' | 'search' | 'browse' | 'share' | 'request' | 'result' | 'chat' | 'transfer' | 'push';

/** One conversation's ear at the watcher. `side` is 0 for A and 1 for B. */
export type News = {
  alert(kind: AlertKind, why: string): void;
  /** The host on `side` was told that `app` is spoken at this IPv4 address. */
  told(side: 0 | 1, ip: number, port: number, what: string): void;
  /** The host on `side` did something of which too much in a minute is an alert; `subject` makes it count once. */
  rate(
    kind: 'search' | 'message' | 'login' | 'query' | 'browse' | 'whois' | 'crawl' | 'ping',
    side: 0 | 1,
    subject: string | null,
  ): void;
  /** Somebody asks many servents to connect to this address. */
  push(ip: number, port: number): void;
  step(what: Step, side: 0 | 1, name: string | null): void;
  /** Program and nick that the host on `side` claims. */
  person(side: 0 | 1, program: string | null, nick: string | null): void;
};
