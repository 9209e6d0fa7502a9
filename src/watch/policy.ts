// Which alerts matter to this admin: thresholds, exceptions by host and subnet, quiet hours, and a hook (a command or a
// webhook) for each kind. Hooks never hold up the watching, and a flood of alerts does not become a flood of hooks.
import { spawn } from 'node:child_process';
import { type Limits, UsageError } from '#base';
import { ALERTS, type AlertKind } from './news.ts';
import { isIn, type Network, parseNetwork } from './nets.ts';
import { DEFAULTS, type WatchSettings } from './settings.ts';
import type { Alert } from './watcher.ts';

export const POLICY_LIMITS = {
  watchHooksAtOnce: {
    value: 4,
    unit: 'hooks',
    source: 'running at one time; further alerts are printed without their hook',
  },
  watchHooksPerMinute: { value: 60, unit: 'hooks', source: 'as above' },
  watchHookSeconds: { value: 10, unit: 's', source: 'then a hook is ended' },
} as const satisfies Limits;

type Hook = { kind: AlertKind | '*'; target: string };

export type PolicyOptions = {
  /** `search=100` */
  threshold: readonly string[];
  /** `10.0.0.5`, `10.1.0.0/16` or `10.0.0.5=harvest` */
  except: readonly string[];
  /** `22-7` */
  quietHours: string | null;
  /** `executable=logger …`, `*=https://…` */
  hook: readonly string[];
};

export class AlertPolicy {
  readonly settings: Pick<WatchSettings, 'thresholds' | 'pushes'>;
  readonly #exceptions: { network: Network; kind: AlertKind | '*' }[] = [];
  readonly #quiet: readonly [number, number] | null;
  readonly #hooks: Hook[] = [];
  readonly #running = new Set<Promise<void>>();
  #startedAt: number[] = [];
  /** Hooks that were not run because too many were. */
  skipped = 0;
  /** What went wrong with hooks, in words; the newest. */
  trouble: string | null = null;

  /** @throws UsageError that names the option */
  constructor(options: PolicyOptions) {
    const thresholds = { ...DEFAULTS.thresholds };
    let pushes = DEFAULTS.pushes;
    for (const text of options.threshold) {
      const [name = '', value = ''] = text.split('=');
      const count = Number(value);
      if (!(name in thresholds) && name !== 'push')
        throw new UsageError(
          '--threshold',
          `--threshold ${text}: knows ${[...Object.keys(thresholds), 'push'].join(', ')}, as search=100`,
        );
      if (!Number.isInteger(count) || count < 1)
        throw new UsageError('--threshold', `--threshold ${text}: wants a whole number above 0`);
      if (name === 'push') pushes = count;
      else thresholds[name as keyof typeof thresholds] = count;
    }
    this.settings = { thresholds, pushes };
    for (const text of options.except) {
      const [where = '', kind = '*'] = text.split('=');
      const network = parseNetwork(where);
      if (network === null || !(kind === '*' || isKind(kind)))
        throw new UsageError(
          '--except',
          `--except ${text}: wants an address or network, and maybe =KIND of ${ALERTS.join(', ')}`,
        );
      this.#exceptions.push({ network, kind });
    }
    this.#quiet = options.quietHours === null ? null : parseHours('--quiet-hours', options.quietHours);
    for (const text of options.hook) {
      const at = text.indexOf('=');
      const kind = text.slice(0, at);
      const target = text.slice(at + 1).trim();
      if (at < 0 || target === '' || !(kind === '*' || isKind(kind)))
        throw new UsageError(
          '--hook',
          `--hook ${text}: wants KIND=COMMAND or KIND=https://…, KIND one of *, ${ALERTS.join(', ')}`,
        );
      this.#hooks.push({ kind, target });
    }
  }

  /** Whether this alert is to be shown at all. */
  passes(alert: Alert): boolean {
    return !this.#exceptions.some(
      ({ network, kind }) =>
        (kind === '*' || kind === alert.kind) &&
        (isIn(alert.host, [network]) ||
          (alert.flow !== null && (isIn(alert.flow.src, [network]) || isIn(alert.flow.dst, [network])))),
    );
  }

  /** Starts the hooks of an alert; not in quiet hours (by the clock of the capture). */
  notify(alert: Alert): void {
    if (this.#quiet !== null && isWithin(new Date(alert.at * 1000).getHours(), this.#quiet)) return;
    for (const hook of this.#hooks) {
      if (hook.kind !== '*' && hook.kind !== alert.kind) continue;
      const now = Date.now();
      this.#startedAt = this.#startedAt.filter((at) => now - at < 60_000);
      if (
        this.#running.size >= POLICY_LIMITS.watchHooksAtOnce.value ||
        this.#startedAt.length >= POLICY_LIMITS.watchHooksPerMinute.value
      ) {
        this.skipped++;
        continue;
      }
      this.#startedAt.push(now);
      const run = runHook(hook.target, alert).catch((error: unknown) => {
        this.trouble = `hook for ${alert.kind}: ${error instanceof Error ? error.message : String(error)}`;
      });
      this.#running.add(run);
      void run.finally(() => this.#running.delete(run));
    }
  }

  /** Waits for the hooks that are running. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }
}

function isKind(text: string): text is AlertKind {
  return (ALERTS as readonly string[]).includes(text);
}

/** `8-18` as [8, 18); over midnight as `22-7`. */
export function parseHours(option: string, text: string): readonly [number, number] {
  const parts = /^(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  const from = Number(parts?.[1]);
  const to = Number(parts?.[2]);
  if (parts === null || from > 23 || to > 24 || from === to)
    throw new UsageError(option, `${option} ${text}: wants hours as 8-18 or 22-7`);
  return [from, to];
}

export function isWithin(hour: number, [from, to]: readonly [number, number]): boolean {
  return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}

/** The alert goes to a webhook as JSON, or to a command on its standard input and in its environment. */
async function runHook(target: string, alert: Alert): Promise<void> {
  const body = JSON.stringify({ event: 'alert', ...alert, why: alert.why.toWellFormed() });
  const signal = AbortSignal.timeout(POLICY_LIMITS.watchHookSeconds.value * 1000);
  if (/^https?:\/\//.test(target)) {
    const answer = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal,
      redirect: 'error',
    });
    if (!answer.ok) throw new Error(`${target} answers ${answer.status}`);
    return;
  }
  await new Promise<void>((resolve, reject) => {
    // The admin's own words run in a shell; what strangers sent goes in by variables and input only.
    const child = spawn(target, {
      shell: true,
      signal,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {
        ...process.env,
        PEERSHIELD_ALERT_KIND: alert.kind,
        PEERSHIELD_ALERT_HOST: alert.host,
        PEERSHIELD_ALERT_WHY: alert.why.replace(/[^ -~]/g, '?'),
      },
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`"${target}" ended with ${code}`))));
    child.stdin.on('error', () => {});
    child.stdin.end(body);
  });
}
