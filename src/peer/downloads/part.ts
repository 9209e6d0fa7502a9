// The file that is arriving: written in order, every byte first through the guard's judge and the hash. Its length on
// disk is the state of the download: after a restart it is read again, and judge and hash stand where they stood.
import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createJudge, type Finding, type Judge, type Judgement } from '#guard';

const CHUNK_BYTES = 262_144;
/** So many bytes before the end are asked for again on a resume and compared: a wrong file is noticed at once. */
export const OVERLAP_BYTES = 4_096;

export class Part {
  bytes = 0;
  readonly #file: FileHandle;
  readonly #judge: Judge;
  readonly #hash: Hash = createHash('sha1');
  readonly #overruled: boolean;

  private constructor(file: FileHandle, judge: Judge, overruled: boolean) {
    this.#file = file;
    this.#judge = judge;
    this.#overruled = overruled;
  }

  /**
   * Opens (or begins) the part at `path`.
   *
   * @param name what its owner calls it: the judge wants to know what it promises to be; @param sizeBytes null: not known;
   * @param overruled a person wants it whatever it is: no alarm
   */
  static async open(path: string, name: string, sizeBytes: number | null, overruled: boolean): Promise<Part> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
    // Its folder is closed to others; once shelved it is a file like any of the person's.
    const file = await open(path, flags, 0o666);
    try {
      const part = new Part(file, createJudge(sizeBytes === null ? { name } : { name, sizeBytes }), overruled);
      const { size } = await file.stat();
      if (sizeBytes !== null && size > sizeBytes) await file.truncate(0);
      else await part.#readAgain(size);
      return part;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Bytes from the start that may be played. */
  get playableBytes(): number {
    return Math.min(this.#judge.soundBytes, this.bytes);
  }

  /** What makes this file one that nobody wants, as soon as that is certain. */
  get alarm(): Finding | null {
    return this.#overruled ? null : this.#judge.alarm;
  }

  /** Appends; on disk (not synced) when it resolves. */
  async append(chunk: Uint8Array): Promise<void> {
    this.#judge.write(chunk);
    this.#hash.update(chunk);
    for (let done = 0; done < chunk.length; ) {
      const { bytesWritten } = await this.#file.write(chunk, done, chunk.length - done, this.bytes + done);
      done += bytesWritten;
    }
    this.bytes += chunk.length;
  }

  /** Whether the file has these bytes at `from`. */
  async matches(from: number, bytes: Uint8Array): Promise<boolean> {
    const own = Buffer.alloc(bytes.length);
    const { bytesRead } = await this.#file.read(own, 0, own.length, from);
    return bytesRead === bytes.length && own.equals(bytes);
  }

  judgement(): Judgement {
    return this.#judge.end();
  }

  sha1(): string {
    return this.#hash.copy().digest('hex');
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #readAgain(size: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, size)));
    while (this.bytes < size) {
      const { bytesRead } = await this.#file.read(buffer, 0, Math.min(buffer.length, size - this.bytes), this.bytes);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      this.#judge.write(chunk);
      this.#hash.update(chunk);
      this.bytes += bytesRead;
    }
  }
}
