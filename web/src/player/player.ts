// One sound at a time: an <audio> element, what is in it, and the list it came from.
import { Signal } from '../shell/signal.ts';

export type Track = {
  /** Of the row it was started from. */
  key: string;
  name: string;
  from: string | null;
  url: string;
  /** Set while it is still arriving: the player then says how much of it may be played. */
  transferId: string | null;
  seconds: number;
};

export type PlayerState = {
  track: Track | null;
  state: 'stopped' | 'waiting' | 'playing' | 'paused' | 'failed';
  at: number;
  seconds: number;
  hasNext: boolean;
  hasPrevious: boolean;
  volume: number;
};

/** Makes the track at a place of the list that is played through, or null at its ends. */
export type List = (step: -1 | 1, key: string) => (() => void) | null;

const KEPT_AS = 'peershield-volume';

export class Player {
  readonly state: Signal<PlayerState>;
  readonly #audio = new Audio();
  #list: List = () => null;

  constructor() {
    const volume = Number(localStorage.getItem(KEPT_AS) ?? 0.9);
    this.state = new Signal<PlayerState>({
      track: null,
      state: 'stopped',
      at: 0,
      seconds: 0,
      hasNext: false,
      hasPrevious: false,
      volume,
    });
    this.#audio.volume = volume;
    this.#audio.preload = 'auto';
    const on = (event: string, change: () => Partial<PlayerState>): void =>
      this.#audio.addEventListener(event, () => this.#set(change()));
    on('playing', () => ({ state: 'playing' }));
    on('pause', () => (this.state.get().state === 'playing' ? { state: 'paused' } : {}));
    on('waiting', () => ({ state: 'waiting' }));
    on('timeupdate', () => ({ at: this.#audio.currentTime, seconds: this.#length() }));
    on('durationchange', () => ({ seconds: this.#length() }));
    on('error', () => (this.state.get().track === null ? {} : { state: 'failed' }));
    this.#audio.addEventListener('ended', () => this.step(1));
  }

  /** `list` says what comes before and after; without it the player stops at the end. */
  play(track: Track, list: List = () => null): void {
    this.#list = list;
    this.#set({
      track,
      state: 'waiting',
      at: 0,
      seconds: track.seconds,
      hasNext: list(1, track.key) !== null,
      hasPrevious: list(-1, track.key) !== null,
    });
    this.#audio.src = track.url;
    this.#start();
  }

  toggle(): void {
    const { state, track } = this.state.get();
    if (track === null) return;
    if (state === 'playing' || state === 'waiting') {
      this.#audio.pause();
      this.#set({ state: 'paused' });
    } else if (state === 'failed') this.play(track, this.#list);
    else this.#start();
  }

  isPlaying(key: string): boolean {
    const { track, state } = this.state.get();
    return track?.key === key && (state === 'playing' || state === 'waiting');
  }

  step(by: -1 | 1): void {
    const { track } = this.state.get();
    const next = track === null ? null : this.#list(by, track.key);
    if (next !== null) return next();
    if (by === 1) this.#set({ state: 'paused', at: 0 });
  }

  seek(seconds: number): void {
    this.#audio.currentTime = seconds;
    this.#set({ at: seconds });
  }

  setVolume(volume: number): void {
    this.#audio.volume = volume;
    localStorage.setItem(KEPT_AS, String(volume));
    this.#set({ volume });
  }

  stop(): void {
    this.#set({ track: null, state: 'stopped', at: 0 });
    this.#audio.pause();
    this.#audio.removeAttribute('src');
    this.#audio.load();
  }

  #start(): void {
    // A refusal comes as the element's own error event too, except where the browser wants a gesture first.
    this.#audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#set({ state: 'paused' });
    });
  }

  #length(): number {
    const { duration } = this.#audio;
    return Number.isFinite(duration) && duration > 0 ? duration : (this.state.get().track?.seconds ?? 0);
  }

  #set(change: Partial<PlayerState>): void {
    this.state.set({ ...this.state.get(), ...change });
  }
}
