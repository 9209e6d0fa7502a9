// One table of deadlines for many owners, so that thousands of connections need one timer. A binary heap with lazy
// deletion: moving a deadline later costs nothing until its old place comes up.

type Entry<T> = { owner: T; at: number };

/** Who wants to be woken, and when. Times are ms on the caller's clock. */
export class Deadlines<T extends object> {
  readonly #heap: Entry<T>[] = [];
  readonly #due = new Map<T, number>();

  /** The earliest moment at which `takeDue` may return something; Infinity when nobody waits. */
  get next(): number {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  get size(): number {
    return this.#due.size;
  }

  /** Sets, moves or (Infinity) removes an owner's deadline. */
  set(owner: T, at: number): void {
    if (at === Number.POSITIVE_INFINITY) {
      this.#due.delete(owner);
      return;
    }
    const before = this.#due.get(owner);
    this.#due.set(owner, at);
    // A later deadline is found when the earlier entry comes up; only an earlier one needs a new entry.
    if (before === undefined || at < before) this.#push({ owner, at });
  }

  delete(owner: T): void {
    this.#due.delete(owner);
  }

  /** Takes one owner whose deadline has come, or null. Call until null. */
  takeDue(now: number): T | null {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > now) return null;
      this.#pop();
      const at = this.#due.get(first.owner);
      if (at === undefined) continue;
      if (at > now) {
        this.#push({ owner: first.owner, at });
        continue;
      }
      this.#due.delete(first.owner);
      return first.owner;
    }
  }

  #push(entry: Entry<T>): void {
    const heap = this.#heap;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry<T>;
      if (above.at <= entry.at) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Entry<T>;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && right.at < (heap[child] as Entry<T>).at) child++;
      const below = heap[child] as Entry<T>;
      if (below.at >= last.at) break;
      heap[i] = below;
      i = child;
    }
    heap[i] = last;
  }
}
