import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Asked, checkHost, checkToken, SESSION_COOKIE, sessionOf } from './access.ts';

const LISTEN = { host: '127.0.0.1', port: 8881 };
const TOKEN = 'a'.repeat(43);
const nothing: Asked = {
  host: '127.0.0.1:8881',
  origin: undefined,
  authorization: undefined,
  cookie: undefined,
  site: undefined,
};

describe('who may ask the page', () => {
  it('comes by an address of ours, never by a name that DNS could turn', () => {
    for (const host of ['127.0.0.1:8881', 'localhost:8881', '[::1]:8881'])
      assert.ok(checkHost({ ...nothing, host }, LISTEN).ok, host);
    for (const host of ['evil.example:8881', '127.0.0.1', '127.0.0.1:80', '127.0.0.1.evil.example:8881', '', undefined])
      assert.ok(!checkHost({ ...nothing, host }, LISTEN).ok, host);
    assert.ok(checkHost({ ...nothing, host: '192.168.0.2:8881' }, { host: '0.0.0.0', port: 8881 }).ok);
    assert.ok(!checkHost({ ...nothing, host: 'rebound.example:8881' }, { host: '0.0.0.0', port: 8881 }).ok);
  });

  it('comes from our own page or from no page', () => {
    assert.ok(checkHost({ ...nothing, origin: 'http://127.0.0.1:8881' }, LISTEN).ok);
    for (const origin of ['http://evil.example', 'null', 'https://127.0.0.1:8881', 'http://localhost:8881'])
      assert.ok(!checkHost({ ...nothing, origin }, LISTEN).ok, origin);
  });

  it('has the token', () => {
    assert.ok(checkToken({ ...nothing, authorization: `Bearer ${TOKEN}` }, {}, TOKEN).ok);
    for (const authorization of [undefined, 'Bearer x', `Basic ${TOKEN}`, `Bearer ${TOKEN} `, 'Bearer '])
      assert.ok(!checkToken({ ...nothing, authorization }, {}, TOKEN).ok, authorization);
    assert.ok(checkToken(nothing, { open: true }, TOKEN).ok);
  });

  it('or the cookie, for its routes only and from our own page only', () => {
    const cookie = `other=1; ${SESSION_COOKIE}=${sessionOf(TOKEN)}`;
    const route = { cookie: true } as const;
    assert.ok(checkToken({ ...nothing, cookie, site: 'same-origin' }, route, TOKEN).ok);
    assert.ok(checkToken({ ...nothing, cookie, origin: 'http://127.0.0.1:8881' }, route, TOKEN).ok);
    assert.ok(!checkToken({ ...nothing, cookie }, route, TOKEN).ok);
    assert.ok(!checkToken({ ...nothing, cookie, site: 'cross-site' }, route, TOKEN).ok);
    assert.ok(!checkToken({ ...nothing, cookie, site: 'same-origin' }, {}, TOKEN).ok);
    assert.ok(!checkToken({ ...nothing, cookie: `${SESSION_COOKIE}=${TOKEN}`, site: 'same-origin' }, route, TOKEN).ok);
  });
});
