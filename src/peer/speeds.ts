// Bytes per second in and out over the last minutes, a sample a second.
import { LIMITS as API_LIMITS, type Speeds } from '#api';

const STEP_MS = 1_000;

export class SpeedHistory {
  readonly #down: number[] = [];
  readonly #up: number[] = [];
  #until = 0;

  sample(downBps: number, upBps: number, now: number): void {
    this.#down.push(downBps);
    this.#up.push(upBps);
    this.#until = now;
    if (this.#down.length <= API_LIMITS.speedSamples.value) return;
    this.#down.shift();
    this.#up.shift();
  }

  get speeds(): Speeds {
    return { stepMs: STEP_MS, until: this.#until, downBps: [...this.#down], upBps: [...this.#up] };
  }
}
