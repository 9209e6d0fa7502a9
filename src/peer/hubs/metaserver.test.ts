import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { listen } from '#net';
import { askMetaserver, readAnswer } from './metaserver.ts';

describe('asking a metaserver', () => {
  const TABLE: [text: string, near: boolean, answer: string][] = [
    ['10.0.0.1:8888\n', false, '10.0.0.1:8888'],
    ['10.0.0.1 8888', false, '10.0.0.1:8888'],
    ['hub.example:8888\r\nrest', false, 'hub.example:8888'],
    ['127.0.0.1:8888\n', true, '127.0.0.1:8888'],
    ['127.0.0.1:8888\n', false, 'busy'],
    ['', false, 'no hub'],
    ['10.0.0.1:99999', false, 'no hub'],
    ['<html>', false, 'no hub'],
  ];
  for (const [text, near, answer] of TABLE)
    it(`takes ${JSON.stringify(text)}${near ? ' of this machine' : ''} for: ${answer}`, () => {
      if (answer.includes(':')) {
        const { host, port } = readAnswer(text, near);
        assert.equal(`${host}:${port}`, answer);
      } else assert.throws(() => readAnswer(text, near), new RegExp(answer));
    });

  it('reads one line from a real one', async () => {
    const server = createServer((socket) => socket.end('127.0.0.1:4321\n'));
    try {
      assert.deepEqual(await askMetaserver(await listen(server, 'metaserver', { host: '127.0.0.1', port: 0 })), {
        host: '127.0.0.1',
        port: 4321,
      });
    } finally {
      server.close();
    }
  });
});
