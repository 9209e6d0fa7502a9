// Addresses as numbers. An IPv4 address is itself; an IPv6 address becomes the number of its row in an exact table.
// A host is one number for both: IPv6 rows start at 2^32.

const V6_BASE = 4294967296;

export class Addresses {
  #rows = new Uint32Array(256 * 4);
  #index = new Int32Array(1024).fill(-1);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  /** The row of the IPv6 address at `at`. */
  row(view: DataView, at: number): number {
    return this.#row(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12));
  }

  /** An address as people write it. `family` is 4 or 6. */
  text(ip: number, family: number): string {
    if (family === 4) return dotted(ip);
    const groups: number[] = [];
    for (let word = 0; word < 4; word++) {
      const value = this.#rows[ip * 4 + word] ?? 0;
      groups.push(value >>> 16, value & 0xffff);
    }
    return shortest(groups);
  }

  /** The 4 or 16 bytes of an address. */
  bytes(ip: number, family: number): Uint8Array {
    const out = new Uint8Array(family === 4 ? 4 : 16);
    const view = new DataView(out.buffer);
    if (family === 4) view.setUint32(0, ip);
    else for (let word = 0; word < 4; word++) view.setUint32(word * 4, this.#rows[ip * 4 + word] ?? 0);
    return out;
  }

  /** A host's text, from its number. */
  hostText(host: number): string {
    return host < V6_BASE ? dotted(host) : this.text(host - V6_BASE, 6);
  }

  #row(a: number, b: number, c: number, d: number): number {
    const mask = this.#index.length - 1;
    let at = mix(a, b, c, d) & mask;
    const rows = this.#rows;
    for (;;) {
      const row = this.#index[at]!;
      if (row < 0) break;
      const base = row * 4;
      if (rows[base] === a && rows[base + 1] === b && rows[base + 2] === c && rows[base + 3] === d) return row;
      at = (at + 1) & mask;
    }
    const row = this.#count++;
    if (row * 4 === this.#rows.length) {
      const more = new Uint32Array(this.#rows.length * 2);
      more.set(this.#rows);
      this.#rows = more;
    }
    this.#rows.set([a, b, c, d], row * 4);
    this.#index[at] = row;
    if (this.#count * 2 > this.#index.length) this.#layIndex();
    return row;
  }

  #layIndex(): void {
    const index = new Int32Array(this.#index.length * 2).fill(-1);
    const mask = index.length - 1;
    for (let row = 0; row < this.#count; row++) {
      const base = row * 4;
      let at = mix(this.#rows[base]!, this.#rows[base + 1]!, this.#rows[base + 2]!, this.#rows[base + 3]!) & mask;
      while (index[at]! >= 0) at = (at + 1) & mask;
      index[at] = row;
    }
    this.#index = index;
  }
}

/** The host number of an address. */
export function hostOf(ip: number, family: number): number {
  return family === 4 ? ip : V6_BASE + ip;
}

export function dotted(ip: number): string {
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`;
}

/** `1.2.3.4` as a number; -1 when it is none. */
export function undotted(text: string): number {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (parts === null) return -1;
  let ip = 0;
  for (let i = 1; i <= 4; i++) {
    const part = Number(parts[i]);
    if (part > 255) return -1;
    ip = ip * 256 + part;
  }
  return ip;
}

/** RFC 5952: the longest run of zero groups is left out. */
function shortest(groups: readonly number[]): string {
  let from = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let run = 0;
    while (i + run < 8 && groups[i + run] === 0) run++;
    if (run > length) {
      from = i;
      length = run;
    }
  }
  const hex = groups.map((group) => group.toString(16));
  if (from < 0) return hex.join(':');
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`;
}

function mix(a: number, b: number, c: number, d: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ b;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca77) ^ c;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae3d) ^ d;
  return (Math.imul(h, 0x9e3779b1) ^ (h >>> 16)) >>> 0;
}
