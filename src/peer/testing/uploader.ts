// Somebody who shares as a test tells him to: logs in to a hub, offers files, and serves whatever bytes he likes.
import { createServer, connect, type Server, type Socket } from 'node:net';
import { FROM_CLIENT, type FromClient, encodeFrame, payloadFromClient } from '#wire/napster';

export type Offer = { path: string; size: number; hash?: string; kbps?: number; hz?: number; seconds?: number };

export class Uploader {
  readonly nick: string;
  port = 0;
  /** What came on the share port, one text a connection. */
  readonly asked: string[] = [];
  #hub: Socket | null = null;
  #server: Server | null = null;

  constructor(nick: string) {
    this.nick = nick;
  }

  /**
   * Listens, logs in and offers. `serve` gets each connection after its `GET …` has come; `onRequest` may answer a 607
   * other than by accepting it.
   */
  async start(
    hubPort: number,
    offers: readonly Offer[],
    serve: (socket: Socket, get: string) => void,
    onRequest?: (nick: string, path: string) => boolean,
  ): Promise<void> {
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      socket.write('1');
      let text = '';
      const hear = (chunk: Buffer): void => {
        text += chunk.toString('latin1');
        if (!/^GET.* "[^"]*" \d+$/.test(text)) return;
        socket.off('data', hear);
        this.asked.push(text);
        serve(socket, text);
      };
      socket.on('data', hear);
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as { port: number }).port;
    const hub = connect(hubPort, '127.0.0.1');
    this.#hub = hub;
    await new Promise((resolve) => hub.once('connect', resolve));
    this.say({ kind: 'login', nick: this.nick, password: 'x', port: this.port, client: 'test', speed: 0 });
    for (const { path, size, hash = '0', kbps = 128, hz = 44_100, seconds = 10 } of offers)
      this.say({ kind: 'share', path, hash, size, kbps, hz, seconds });
    let rest = Buffer.alloc(0);
    hub.on('error', () => {});
    hub.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt16LE(0)) {
        const payload = rest.subarray(4, 4 + rest.readUInt16LE(0)).toString('latin1');
        const type = rest.readUInt16LE(2);
        rest = rest.subarray(4 + rest.readUInt16LE(0));
        const [, nick = '', path = ''] = /^(\S+) "([^"]*)"/.exec(payload) ?? [];
        if (type === 607 && onRequest?.(nick, path) !== true) this.say({ kind: 'accept', nick, path });
      }
    });
  }

  say(message: FromClient): void {
    this.#hub?.write(encodeFrame(FROM_CLIENT[message.kind].type, payloadFromClient(message)));
  }

  async stop(): Promise<void> {
    this.#hub?.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}
