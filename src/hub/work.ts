// Long answers in short turns: a job does a little, and the next one has its turn. Nobody waits for somebody else's
// big request; who asked waits for their own.

/** `wait`: the reader is slower than we are; ask again a little later. */
export type Turn = 'done' | 'more' | 'wait';
export type Job = { turn(): Turn; finished(): void };

/** How the hub gets time for itself. */
export type Later = {
  /** After what is waiting on sockets now. */
  soon(work: () => void): void;
  after(ms: number, work: () => void): void;
};

const WAIT_MS = 20;

export class Work {
  readonly #later: Later;
  readonly #failed: (error: unknown) => void;
  readonly #jobs: Job[] = [];
  #scheduled = false;
  #waiting = 0;

  /** @param failed hears what a job threw; the job is over then */
  constructor(later: Later, failed: (error: unknown) => void) {
    this.#later = later;
    this.#failed = failed;
  }

  get length(): number {
    return this.#jobs.length + this.#waiting;
  }

  add(job: Job): void {
    this.#jobs.push(job);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#jobs.length === 0) return;
    this.#scheduled = true;
    this.#later.soon(() => {
      this.#scheduled = false;
      try {
        this.#one();
      } catch (error) {
        this.#failed(error);
      }
      this.#schedule();
    });
  }

  #one(): void {
    const job = this.#jobs.shift();
    if (job === undefined) return;
    const turn = job.turn();
    if (turn === 'done') job.finished();
    else if (turn === 'more') this.#jobs.push(job);
    else {
      this.#waiting++;
      this.#later.after(WAIT_MS, () => {
        this.#waiting--;
        this.add(job);
      });
    }
  }
}
