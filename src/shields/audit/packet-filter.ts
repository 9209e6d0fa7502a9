// What does the host's packet filter do with a stranger's first packet to a port? Reads `nft -j list ruleset`, which also
// shows what iptables-nft, ufw and firewalld have made. Pure. Where a rule cannot be read, the answer is "unsure".
import type { Covered, FilterState, Proto } from './sockets.ts';

type Expr = Record<string, unknown>;
type Rule = { family: string; table: string; chain: string; expr: Expr[] };
type Chain = {
  family: string;
  table: string;
  name: string;
  hook?: string;
  prio?: number;
  policy?: string;
  rules: Rule[];
};
type Verdict = 'accept' | 'drop' | 'next' | 'unsure';

/** A ruleset, ready to be asked. */
export class PacketFilter {
  readonly #chains = new Map<string, Chain>();
  readonly #sets = new Map<string, unknown[]>();

  /** @param json what `nft -j list ruleset` printed; throws SyntaxError when it is not JSON */
  constructor(json: string) {
    const { nftables = [] } = JSON.parse(json) as { nftables?: Record<string, Record<string, unknown>>[] };
    for (const item of nftables) {
      if (item['chain'] !== undefined) {
        const chain = { ...(item['chain'] as unknown as Omit<Chain, 'rules'>), rules: [] };
        this.#chains.set(key(chain.family, chain.table, chain.name), chain);
      }
      const set = item['set'] as { family: string; table: string; name: string; elem?: unknown[] } | undefined;
      if (set !== undefined) this.#sets.set(key(set.family, set.table, set.name), set.elem ?? []);
      const rule = item['rule'] as unknown as Rule | undefined;
      if (rule !== undefined) this.#chains.get(key(rule.family, rule.table, rule.chain))?.rules.push(rule);
    }
  }

  /** Chains that see packets to this machine, in the order of the kernel. */
  get #inputs(): Chain[] {
    return [...this.#chains.values()]
      .filter(({ hook }) => hook === 'input')
      .toSorted((a, b) => (a.prio ?? 0) - (b.prio ?? 0));
  }

  get state(): FilterState {
    const inputs = this.#inputs.filter(({ rules, policy }) => rules.length > 0 || policy === 'drop');
    if (inputs.length === 0) return { on: false, words: 'no packet filter looks at what comes in' };
    const drops = inputs.some(({ policy }) => policy === 'drop');
    const tables = [...new Set(inputs.map(({ family, table }) => `${family} ${table}`))].join(', ');
    return { on: true, words: `nftables (${tables}); what no rule names is ${drops ? 'dropped' : 'let through'}` };
  }

  /** A drop anywhere is final, an accept only for its own chain. */
  covers(proto: Proto, port: number, family: 4 | 6): Covered {
    const inputs = this.#inputs.filter(({ family: its }) => its === 'inet' || its === (family === 4 ? 'ip' : 'ip6'));
    if (inputs.length === 0) return 'no filter';
    let unsure = false;
    for (const chain of inputs) {
      const verdict = this.#walk(chain, proto, port, 0);
      if (verdict === 'drop' || (verdict === 'next' && chain.policy === 'drop')) return unsure ? 'unsure' : 'dropped';
      if (verdict === 'unsure') unsure = true;
    }
    return unsure ? 'unsure' : 'accepted';
  }

  #walk(chain: Chain, proto: Proto, port: number, depth: number): Verdict {
    if (depth > 16) return 'unsure';
    let unsure = false;
    for (const rule of chain.rules) {
      const applies = this.#applies(rule, proto, port);
      if (applies === false) continue;
      const verdict = this.#verdictOf(rule, chain, proto, port, depth);
      if (verdict === 'next') continue;
      if (applies === true && verdict !== 'unsure') return unsure ? 'unsure' : verdict;
      unsure = true;
    }
    return unsure ? 'unsure' : 'next';
  }

  #verdictOf(rule: Rule, chain: Chain, proto: Proto, port: number, depth: number): Verdict {
    for (const expr of rule.expr) {
      if ('accept' in expr) return 'accept';
      if ('drop' in expr || 'reject' in expr) return 'drop';
      if ('return' in expr) return 'next';
      const target = (expr['jump'] ?? expr['goto']) as { target: string } | undefined;
      if (target === undefined) continue;
      const next = this.#chains.get(key(chain.family, chain.table, target.target));
      return next === undefined ? 'unsure' : this.#walk(next, proto, port, depth + 1);
    }
    return 'next';
  }

  /** Whether the rule speaks of a new packet from a stranger to this port; null: cannot tell. */
  #applies(rule: Rule, proto: Proto, port: number): boolean | null {
    let sure = true;
    for (const expr of rule.expr) {
      const match = expr['match'] as { op: string; left: unknown; right: unknown } | undefined;
      if (match !== undefined) {
        const holds = this.#holds(match, rule, proto, port);
        if (holds === false) return false;
        if (holds === null) sure = false;
      } else if ('limit' in expr || 'xt' in expr || 'vmap' in expr) sure = false;
    }
    return sure ? true : null;
  }

  #holds(match: { op: string; left: unknown; right: unknown }, rule: Rule, proto: Proto, port: number): boolean | null {
    const left = match.left as {
      payload?: { protocol?: string; field?: string };
      meta?: { key?: string };
      ct?: { key?: string };
    };
    const flip = (value: boolean | null): boolean | null => (match.op === '!=' && value !== null ? !value : value);
    if (left.payload?.field === 'dport') {
      const speaks = left.payload.protocol === proto || left.payload.protocol === 'th';
      return speaks ? flip(this.#contains(match.right, port, rule)) : false;
    }
    if (left.payload?.protocol === 'icmp' || left.payload?.protocol === 'icmpv6') return false;
    if (left.meta?.key === 'l4proto') return flip(this.#contains(match.right, proto, rule));
    if (left.meta?.key === 'iifname' || left.meta?.key === 'iif') return flip(match.right === 'lo' ? false : null);
    if (left.ct?.key === 'state') return flip(this.#contains(match.right, 'new', rule));
    return null;
  }

  #contains(right: unknown, wanted: number | string, rule: Rule): boolean | null {
    if (typeof right === 'number' || (typeof right === 'string' && !right.startsWith('@'))) return right === wanted;
    if (typeof right === 'string') {
      const elements = this.#sets.get(key(rule.family, rule.table, right.slice(1)));
      return elements === undefined ? null : this.#any(elements, wanted, rule);
    }
    if (Array.isArray(right)) return this.#any(right, wanted, rule);
    if (typeof right !== 'object' || right === null) return null;
    const { set, range, elem } = right as { set?: unknown; range?: [number, number]; elem?: { val: unknown } };
    if (Array.isArray(set)) return this.#any(set, wanted, rule);
    if (range !== undefined) return typeof wanted === 'number' && wanted >= range[0] && wanted <= range[1];
    return elem === undefined ? null : this.#contains(elem.val, wanted, rule);
  }

  #any(elements: unknown[], wanted: number | string, rule: Rule): boolean | null {
    const answers = elements.map((element) => this.#contains(element, wanted, rule));
    if (answers.includes(true)) return true;
    return answers.includes(null) ? null : false;
  }
}

function key(family: string, table: string, name: string): string {
  return `${family} ${table} ${name}`;
}
