// A transfer as a listener hears it: the head, then the first bytes of the file. They tell a program or a Wrapster
// archive from a song while it passes. After that the bytes are only counted.
import { ByteQueue, byteString, harmless, readable } from '#base';
import { undotted } from './addresses.ts';
import type { Talk } from './follow.ts';
import type { News } from './news.ts';

/** How much of a file is looked at: a Wrapster's first name ends at 324 bytes, or 737 in version 3. */
const LOOK_BYTES = 800;
const MAX_HEAD = 16_384;

/** Says what the first bytes of a file are when they are no song; null: nothing to report. */
export function judgeBody(body: Uint8Array): { kind: 'executable' | 'wrapster'; what: string } | null {
  if (body[0] === 0x4d && body[1] === 0x5a)
    return { kind: 'executable', what: 'it begins with MZ: a program for Windows or DOS' };
  if (body[0] === 0x7f && byteString(body, 1, 4) === 'ELF')
    return { kind: 'executable', what: 'it begins with 7F ELF: a program for Unix' };
  const at = skipTag(body);
  // A tag may claim any length: what is not here cannot be judged.
  if (at + 32 > body.length || body[at] !== 0xff || (body[at + 1]! & 0xe0) !== 0xe0) return null;
  const mark = byteString(body, at + 10, at + 18);
  if (mark !== 'wrapster' && mark !== 'wwapster') return null;
  const version = byteString(body, at + 20, at + 28).replace(/\0.*$/s, '');
  const count = (body[at + 28] ?? 0) | ((body[at + 29] ?? 0) << 8);
  const inner = byteString(body, at + 32, Math.min(at + 288, body.length)).replace(/\0.*$/s, '');
  return {
    kind: 'wrapster',
    what: `confirmed: a Wrapster ${harmless(version, 8)} archive of ${count} file(s), the first "${harmless(readable(inner), 80)}"`,
  };
}

function skipTag(body: Uint8Array): number {
  if (body[0] !== 0x49 || body[1] !== 0x44 || body[2] !== 0x33 || body.length < 10) return 0;
  return 10 + (body[6]! << 21) + (body[7]! << 14) + (body[8]! << 7) + body[9]!;
}

abstract class Head {
  protected readonly news: News;
  isDone = false;
  constructor(news: News) {
    this.news = news;
  }
  gap(): void {
    this.isDone = true;
  }
  end(): void {}
  protected look(body: Uint8Array, name: string | null, isEnd: boolean): boolean {
    if (body.length < LOOK_BYTES && !isEnd) {
      // Programs are known by four bytes; only a frame head may become a Wrapster.
      const early = body.length >= 4 && body[0] !== 0xff && body[0] !== 0x49;
      if (!early) return false;
    }
    const found = judgeBody(body);
    if (found !== null) {
      const isNamedMusic = name === null ? null : /\.(?:mp3|mp2|ogg|wma|wav|m4a|flac)$/i.test(name);
      const named = isNamedMusic === true ? ', named as music' : '';
      this.news.alert(found.kind, `a transfer${named}: ${found.what}`);
    }
    this.isDone = true;
    return true;
  }
}

/** Napster: `GET` or `SEND`, nick, "file" and a number one way; `1`, digits and the file. */
export class NapsterBodyTalk extends Head implements Talk {
  readonly #client: 0 | 1;
  readonly #isSend: boolean;
  readonly #queues = [new ByteQueue(), new ByteQueue()] as const;
  #name: string | null = null;
  #isRead = false;

  constructor(news: News, client: 0 | 1, isSend: boolean) {
    super(news);
    this.#client = client;
    this.#isSend = isSend;
  }

  hear(side: 0 | 1, bytes: Uint8Array, from: number, to: number): void {
    this.#queues[side].push(bytes.subarray(from, Math.min(to, from + 4096)));
    const client = this.#queues[this.#client].peek();
    if (!this.#isRead) {
      const command = /^(?:GET|SEND) ?(\S{1,64}) "([^"]{1,1024})" (\d{1,20})/.exec(
        byteString(client, 0, Math.min(client.length, 1200)),
      );
      if (command !== null && (this.#isSend || side !== this.#client)) {
        this.#isRead = true;
        this.#name = command[2] as string;
        this.news.step('transfer', this.#client, this.#name);
        this.news.person(this.#client, null, command[1] as string);
        // A resumed transfer does not begin at the file's beginning.
        if (!this.#isSend && Number(command[3]) > 0) this.isDone = true;
      }
    }
    if (this.isDone || !this.#isRead) return;
    const speaks = this.#isSend ? client : this.#queues[this.#client === 0 ? 1 : 0].peek();
    const text = byteString(speaks, 0, Math.min(speaks.length, 1300));
    const head = this.#isSend
      ? /^SEND ?\S{1,64} "[^"]{1,1024}" \d{1,15}(?=[^\d])/.exec(text)
      : /^1?\d{1,15}(?=[^\d])/.exec(text);
    if (head === null) {
      if (text.length > 1250) this.isDone = true;
      return;
    }
    this.look(speaks.subarray(head[0].length), this.#name, false);
  }
}

/** Gnutella over HTTP: request, answer, and the first bytes of the answer's body. */
export class HttpBodyTalk extends Head implements Talk {
  readonly #queues = [new ByteQueue(), new ByteQueue()] as const;
  #name: string | null = null;
  readonly #isRead: [boolean, boolean] = [false, false];
  #answerFrom: 0 | 1 | null = null;
  #isFromStart = true;

  hear(side: 0 | 1, bytes: Uint8Array, from: number, to: number): void {
    const queue = this.#queues[side];
    if (queue.length > MAX_HEAD + 4096) {
      this.isDone = true;
      return;
    }
    queue.push(bytes.subarray(from, Math.min(to, from + MAX_HEAD)));
    if (!this.#isRead[side]) this.#readHeads(side, queue);
    if (this.#answerFrom === side && this.#isRead[side]) this.#lookAtBody(queue);
  }

  #readHeads(side: 0 | 1, queue: ByteQueue): void {
    for (;;) {
      const text = byteString(queue.peek(), 0, Math.min(queue.length, MAX_HEAD));
      const end = /\r?\n\r?\n/.exec(text);
      if (end === null) return;
      const head = text.slice(0, end.index);
      queue.skip(end.index + end[0].length);
      // GIV and QUEUE only announce who calls; the request follows from either side.
      if (/^(?:GIV|QUEUE|PUSH) /.test(head)) continue;
      this.#isRead[side] = true;
      this.#readHead(side, head);
      return;
    }
  }

  #readHead(side: 0 | 1, head: string): void {
    const other = side === 0 ? 1 : 0;
    const first = head.slice(0, head.search(/\r?\n|$/));
    const isAnswer = first.startsWith('HTTP/');
    if (isAnswer) {
      this.#answerFrom = side;
      if (!/^HTTP\/1\.[01] 20[06]/.test(first) || /^content-encoding:/im.test(head)) this.isDone = true;
      const range = /^content-range:\s*bytes\s*=?\s*(\d+)-/im.exec(head);
      if (range !== null && Number(range[1]) > 0) this.#isFromStart = false;
      this.#name ??= /^content-disposition:[^\n]*filename\*?="?([^"\r\n]+)/im.exec(head)?.[1] ?? null;
    } else {
      const path = /^(?:GET|HEAD) (\S.*?)(?: HTTP\/1\.[01])?$/.exec(first)?.[1] ?? '';
      this.#name = /^\/get\/\d+\/(.+)$/.exec(path)?.[1] ?? null;
      this.news.step(path === '/' ? 'browse' : 'transfer', side, this.#name);
    }
    const program = /^(?:server|user-agent):\s*([^\r\n]{1,80})/im.exec(head)?.[1];
    if (program !== undefined) this.news.person(side, program, null);
    for (const line of head.split(/\r?\n/).slice(1, 100)) {
      const field = /^(x-alt|x-node|x-push-prox(?:y|ies)|listen-ip|alternate-location|x-fw-node-info):\s*(.*)$/i.exec(
        line,
      );
      if (field === null) continue;
      for (const match of (field[2] as string).slice(0, 4096).matchAll(/(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?/g)) {
        const ip = undotted(match[1] as string);
        if (ip > 0)
          this.news.told(other, ip, Number(match[2] ?? 6346), `${(field[1] as string).toLowerCase()} of a transfer`);
      }
    }
  }

  #lookAtBody(queue: ByteQueue): void {
    if (!this.#isFromStart) this.isDone = true;
    else this.look(queue.peek(), this.#name, false);
  }
}
