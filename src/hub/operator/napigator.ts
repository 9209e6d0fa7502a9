// Reports this hub to a list of servers by Napigator's protocol (8890): we are its client, lines end with CRLF.
//
//   them                us                          state
//   220 <salt> …        USER name                   greeting → user
//   300                 PASS HEX(MD5(salt‖pass))    user → password
//   201                 IPPORT name ip port         password → idle
//                       STATS name u f 0 bytes 0    … and again every minute
//   200                                             idle: it was taken
//   400                 IPPORT …                    our address is not known there: say it again
//   ≥ 500               QUIT                        → leaving
//   221                                             goodbye
import { createHash } from 'node:crypto';
import { ByteQueue, type ByteString, byteString, bytesOf, type Session, WireError } from '#base';
import { OPERATOR_LIMITS } from './limits.ts';

export type NapigatorAccount = { user: string; password: string };
/** What is reported. `address`: the IPv4 that clients connect to. */
export type Report = { name: string; address: string; port: number; users: number; files: number; bytes: number };

type State = 'greeting' | 'user' | 'password' | 'idle' | 'leaving';

const EVERY_MS = 60_000;
const LF = 0x0a;

export class NapigatorSession implements Session {
  readonly #account: NapigatorAccount;
  readonly #report: () => Report;
  readonly #input = new ByteQueue();
  #out: ByteString = '';
  #state: State = 'greeting';
  #salt = '';
  #statsAt = Number.POSITIVE_INFINITY;
  #patienceUntil = Number.POSITIVE_INFINITY;
  closing: Error | null = null;
  /** STATS that the list has taken. */
  taken = 0;

  constructor(account: NapigatorAccount, report: () => Report, now: number) {
    this.#account = account;
    this.#report = report;
    this.#expect(now);
  }

  get state(): State {
    return this.#state;
  }

  get deadline(): number {
    return Math.min(this.#statsAt, this.#patienceUntil);
  }

  receive(chunk: Uint8Array, now: number): void {
    if (this.closing !== null) return;
    this.#input.push(chunk);
    for (;;) {
      const bytes = this.#input.peek();
      const end = bytes.indexOf(LF);
      if (end > OPERATOR_LIMITS.napigatorLine.value || (end < 0 && bytes.length > OPERATOR_LIMITS.napigatorLine.value))
        return this.#fail('napigator-line', 'a line without an end');
      if (end < 0) return;
      const line = byteString(bytes, 0, end).trimEnd();
      this.#input.skip(end + 1);
      this.#take(line, now);
      if (this.closing !== null) return;
    }
  }

  takeOutput(): Uint8Array | null {
    if (this.#out === '') return null;
    const bytes = bytesOf(this.#out);
    this.#out = '';
    return bytes;
  }

  wake(now: number): void {
    if (now >= this.#patienceUntil) return this.#fail('napigator-silent', `no reply in state ${this.#state}`);
    if (now < this.#statsAt) return;
    this.#sayStats(now);
  }

  close(): void {
    this.#statsAt = this.#patienceUntil = Number.POSITIVE_INFINITY;
  }

  #take(line: ByteString, now: number): void {
    const code = /^\d{3}(?=\s|$)/.exec(line)?.[0];
    if (code === undefined) return this.#fail('napigator-reply', 'a reply without a number');
    this.#expect(now);
    if (code === '221') return this.#end(new Error('the list said goodbye'));
    if (Number(code) >= 500) {
      this.#say('QUIT');
      this.#state = 'leaving';
      return this.#end(new Error(`the list refused: ${line}`));
    }
    const step = `${this.#state} ${code}`;
    switch (step) {
      case 'greeting 220':
        // The salt is the last word: some lists put a greeting before it.
        this.#salt = line.split(/\s+/).at(-1) as string;
        this.#state = 'user';
        return this.#say(`USER ${this.#account.user}`);
      case 'user 300':
        this.#state = 'password';
        return this.#say(`PASS ${napigatorPassword(this.#salt, this.#account.password)}`);
      case 'password 201':
        this.#state = 'idle';
        this.#sayAddress();
        return this.#sayStats(now);
      case 'idle 200':
        this.taken++;
        this.#patienceUntil = Number.POSITIVE_INFINITY;
        return;
      case 'idle 400':
        return this.#sayAddress();
      default:
        return this.#fail('napigator-state', `reply ${code} in state ${this.#state}`);
    }
  }

  #sayAddress(): void {
    const { name, address, port } = this.#report();
    this.#say(`IPPORT ${name} ${address} ${port}`);
  }

  #sayStats(now: number): void {
    const { name, users, files, bytes } = this.#report();
    this.#say(`STATS ${name} ${users} ${files} 0 ${Math.round(bytes)} 0`);
    this.#statsAt = now + EVERY_MS;
    this.#expect(now);
  }

  #say(line: ByteString): void {
    this.#out += `${line}\r\n`;
  }

  #expect(now: number): void {
    this.#patienceUntil = now + OPERATOR_LIMITS.napigatorStepMs.value;
  }

  #fail(code: string, text: string): void {
    this.#end(new WireError(code, text));
  }

  #end(why: Error): void {
    this.closing = why;
    this.close();
  }
}

/** Upper-case hex of MD5 over salt and password. */
export function napigatorPassword(salt: ByteString, password: ByteString): string {
  return createHash('md5').update(salt, 'latin1').update(password, 'latin1').digest('hex').toUpperCase();
}
