import type { Limits } from '#base';

/** What this room accepts at most. Programs may be stricter; nothing is laxer. */
export const LIMITS = {
  payload: {
    value: 65_535,
    unit: 'bytes',
    source: 'the length field has 16 bits; from a hub anything up to it is read',
  },
  resultPayload: {
    value: 2048,
    unit: 'bytes',
    source: '201 and 212: with our longest path below it, opennap-ng cuts at 2043; they are kept by the thousand',
  },
  clientPayload: {
    value: 2048,
    unit: 'bytes',
    source: 'opennap-ng max_command_length; 870 is the longest that clients send',
  },
  loginPayload: { value: 512, unit: 'bytes', source: 'before login only 2, 6, 7, 11 and hellos are expected' },
  directoryPayload: {
    value: 65_535,
    unit: 'bytes',
    source: 'message 870 carries a whole folder; TekNap sends as many files as fit',
  },
  hubText: {
    value: 2043,
    unit: 'bytes',
    source: 'opennap-ng cuts its own messages there; old clients have buffers of 2048',
  },
  talk: { value: 180, unit: 'bytes', source: 'payloads of 205, 402, 824: longer ones crash the Windows client' },
  path: {
    value: 1024,
    unit: 'bytes',
    source: 'opennap allowed 256; real libraries have longer ones; 201 must stay below 2048',
  },
  nick: { value: 19, unit: 'bytes', source: 'opennap-ng max_nick_length' },
  password: { value: 128, unit: 'bytes', source: 'clients use up to 16; more only costs hashing time' },
  clientName: { value: 64, unit: 'bytes', source: 'opennap-ng keeps 32; longer strings exist' },
  channel: { value: 32, unit: 'bytes', source: 'opennap-ng max_channel_length' },
  searchClauses: { value: 32, unit: 'clauses', source: 'a 2048-byte query holds no more that mean anything' },
  parked: {
    value: 262_144,
    unit: 'bytes',
    source: 'of who sends on while held; reading stops at the first chunk, so this is a flood',
  },
  handshake: { value: 2048, unit: 'bytes', source: 'GET or SEND with nick, path and number' },
  sizeDigits: { value: 16, unit: 'digits', source: '2^53 - 1 has 16' },
  refusal: { value: 256, unit: 'bytes', source: 'error texts of uploaders are below 32' },
  handshakeMs: { value: 30_000, unit: 'ms', source: 'giFT waits 30 s for the first answer' },
  quietMs: { value: 200, unit: 'ms', source: 'a number without a terminator ends when nothing follows it for so long' },
  listBytes: { value: 16_777_216, unit: 'bytes', source: '100,000 files of a direct browse' },
  listLine: { value: 2048, unit: 'bytes', source: 'one file of a direct browse, as message 100' },
  listIdleMs: { value: 30_000, unit: 'ms', source: 'a direct browse that says nothing for so long is over' },
  loginMs: { value: 60_000, unit: 'ms', source: 'opennap-ng login_timeout; the client waits as long' },
  keepAliveMs: { value: 120_000, unit: 'ms', source: 'home routers forget idle connections after some minutes' },
  keepAliveAnswerMs: { value: 60_000, unit: 'ms', source: 'a hub that cannot count its users in a minute is gone' },
} as const satisfies Limits;
