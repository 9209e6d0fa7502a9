// A client on a real socket that waits for messages by their number. For tests only.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { byteString } from '#base';
import { encodeFrame, FrameReader } from '#wire/napster';

/** A client on a socket: waits for a message of a type, or for the end. */
export class Wire {
  readonly socket: Socket;
  readonly heard: [number, string][] = [];
  ended = false;
  readonly #reader = new FrameReader();
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#reader.push(chunk);
      while (this.#reader.next(() => 65_535)) {
        const { type, bytes, from, to } = this.#reader;
        this.heard.push([type, byteString(bytes, from, to)]);
      }
      this.#reader.keep();
      this.#wake();
    });
    socket.on('close', () => {
      this.ended = true;
      this.#wake();
    });
    socket.on('error', () => {});
  }

  /** In, with motd and counts read. */
  static async login(port: number, nick: string, password = 'pw', type: 2 | 6 = 2): Promise<Wire> {
    const wire = await Wire.dial(port);
    wire.send(type, `${nick} ${password} 6699 "wire 1" 7`);
    await wire.until(214);
    return wire;
  }

  static async dial(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Wire(socket);
  }

  send(type: number, payload = ''): this {
    this.socket.write(encodeFrame(type, payload));
    return this;
  }

  /** The payload of the first message of that type; it and what came before are forgotten. */
  async until(type: number): Promise<string> {
    for (;;) {
      const at = this.heard.findIndex(([one]) => one === type);
      const found = this.heard[at];
      if (found !== undefined) {
        this.heard.splice(0, at + 1);
        return found[1];
      }
      if (this.ended)
        throw new Error(`closed while waiting for ${type}; heard ${JSON.stringify(this.heard.slice(-3))}`);
      await new Promise<void>((wake) => (this.#wake = wake));
    }
  }

  async end(): Promise<void> {
    while (!this.ended) await new Promise<void>((wake) => (this.#wake = wake));
  }
}
