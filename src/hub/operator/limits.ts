// What the operator's side keeps of strangers at most: pages, ports, files of the old server.
import type { Limits } from '#base';

export const OPERATOR_LIMITS = {
  controlBody: {
    value: 65_536,
    unit: 'bytes',
    source: 'the largest request of the control page is a command of the shell',
  },
  controlSockets: { value: 200, unit: 'connections', source: 'control page: a browser opens 6' },
  controlRequestMs: { value: 10_000, unit: 'ms', source: 'control page: how long a request may take to arrive' },
  publicSockets: { value: 500, unit: 'connections', source: 'front page; each is small and short' },
  publicRequests: { value: 120, unit: 'requests a minute', source: 'of one address; a page is three' },
  publicAddresses: { value: 10_000, unit: 'addresses', source: 'remembered at once' },
  publicRequestMs: { value: 5_000, unit: 'ms', source: 'how long a request may take to arrive' },
  publicHeader: { value: 8_192, unit: 'bytes', source: 'request line and headers' },
  wrongTokens: {
    value: 20,
    unit: 'tries a minute',
    source: 'of one address on the control page; a token has 192 bits',
  },
  wrongTokenAddresses: { value: 1_000, unit: 'addresses', source: 'remembered at once' },
  importBytes: { value: 64 * 1024 * 1024, unit: 'bytes', source: 'a users file of half a million accounts' },
  importLine: { value: 2048, unit: 'bytes', source: 'opennap-ng reads lines of at most 1024' },
  napigatorLine: {
    value: 512,
    unit: 'bytes',
    source: 'replies of the server list are under 100; opennap crashed on one without an end',
  },
  napigatorStepMs: { value: 30_000, unit: 'ms', source: 'how long the server list may take for one reply' },
  oneLineSockets: { value: 256, unit: 'connections', source: 'metaserver and stats ports: each lives for one write' },
  oneLineMs: { value: 2_000, unit: 'ms', source: 'metaserver and stats ports: a slow modem takes 200 ms for 60 bytes' },
  peopleGone: {
    value: 2_000,
    unit: 'people',
    source: 'timelines of those who left, for a look back on the same evening',
  },
  timelineEvents: {
    value: 60,
    unit: 'events',
    source: 'of one person; the audit log on disk holds what was done to them',
  },
} as const satisfies Limits;
