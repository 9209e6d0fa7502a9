// `peershield watch`: captures, standard input or an interface in; findings, pictures, rules and records out; and the
// same rules put into this machine's packet filter and taken out again. The work is in #watch.
import { closeSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Failure, type OptionTable, type OptionValues, UsageError } from '#base';
import {
  AlertPolicy,
  alertLine,
  applyRules,
  DEFAULTS,
  describe,
  drawScreen,
  dryRun,
  type ExportFormat,
  exporterOf,
  type Findings,
  FORMATS,
  flowLine,
  gather,
  Lines,
  LiveCapture,
  type Network,
  ownSurroundings,
  PRIVATE_NETWORKS,
  parseHours,
  parseNetwork,
  planRules,
  RULE_FORMATS,
  type RuleFormat,
  type RuleOptions,
  type RulePlan,
  type Sink,
  sentence,
  summaryLine,
  summaryOf,
  undoRules,
  Watcher,
  watchFile,
  watchInput,
  writeReport,
  writeRules,
} from '#watch';
import type { Command, CommandContext, CommandModule } from './command.ts';
import { stopRequested } from './serve.ts';

const INPUT = {
  interface: {
    type: 'text',
    default: null,
    value: 'IF',
    help: 'watch this interface live, through tcpdump ("any": all)',
  },
  filter: {
    type: 'text',
    default: null,
    value: 'FILTER',
    help: "with --interface: only packets that tcpdump's filter takes",
  },
  snaplen: {
    type: 'number',
    default: 0,
    min: 0,
    max: 262_144,
    value: 'BYTES',
    help: 'with --interface: look at so much of each packet (0: all)',
  },
  local: { type: 'list', default: [], value: 'CIDR', help: 'networks that are ours (default: the private ranges)' },
} as const satisfies OptionTable;

const RULES = {
  action: {
    type: 'text',
    default: 'shape',
    choices: ['shape', 'block'],
    value: 'shape|block',
    help: 'what rules do with what they name',
  },
  rate: {
    type: 'number',
    default: 50,
    min: 1,
    max: 10_000_000,
    value: 'KBYTES',
    help: 'shape: so many kB a second for all of it together',
  },
  hours: { type: 'text', default: null, value: 'H-H', help: 'rules hold in these hours only, as 8-18' },
  days: { type: 'text', default: null, value: 'DAYS', help: 'rules hold on these days only, as mon-fri or sat,sun' },
  ttl: { type: 'number', default: 86_400, min: 60, max: 31_536_000, value: 'SECONDS', help: 'how long an entry stays' },
  allow: { type: 'list', default: [], value: 'CIDR', help: 'never name these; gateway, DNS and ourselves never are' },
} as const satisfies OptionTable;

const OPTIONS = {
  ...INPUT,
  names: { type: 'flag', default: false, help: "keep searches and file names; off, because they are others' privacy" },
  html: { type: 'text', default: null, value: 'FILE', help: 'write the picture: one page that needs nothing else' },
  export: {
    type: 'text',
    default: null,
    choices: FORMATS,
    value: 'eve|zeek|csv|prometheus',
    help: 'write records for other programs',
  },
  exportFile: { type: 'text', default: null, value: 'FILE', help: 'where --export goes' },
  rules: {
    type: 'text',
    default: null,
    choices: RULE_FORMATS,
    value: 'nftables|suricata|pf|csv',
    help: 'print rules against what was seen',
  },
  rulesFile: { type: 'text', default: null, value: 'FILE', help: 'where --rules go instead of standard output' },
  dryRun: { type: 'flag', default: false, help: 'say what the rules would have done to this traffic, and write none' },
  ...RULES,
  threshold: {
    type: 'list',
    default: [],
    value: 'NAME=N',
    help: 'how much a minute is an alert: search message login query browse whois crawl ping push',
  },
  except: { type: 'list', default: [], value: 'CIDR[=KIND]', help: 'no alerts about these' },
  quietHours: { type: 'text', default: null, value: 'H-H', help: 'alerts run no hooks in these hours' },
  hook: {
    type: 'list',
    default: [],
    value: 'KIND=COMMAND|URL',
    help: 'run or call this on an alert of that kind (*: any); the alert is JSON',
  },
} as const satisfies OptionTable;

type Options = OptionValues<typeof OPTIONS>;

const APPLY = { ...INPUT, ...RULES } as const satisfies OptionTable;

const SECONDS_BETWEEN_VIEWS = 1;
const SECONDS_BETWEEN_FILES = 60;

export const command: Command = {
  summary: 'who on this network uses Napster and Gnutella, how much, and what to do about it',
  usage: 'FILE… | --interface IF | -',
  words: { min: 0, max: 100_000 },
  options: OPTIONS,
  server: true,
  help: 'FILE is a pcap or pcapng, gzipped or not; several are one stretch of time. "-" reads standard input: ssh router tcpdump -U -w - | peershield watch -',
  async run(context) {
    const options = context.options as Options;
    checkOptions(context, options);
    // Measured (bench/watch.ts): under a flood of flows the young heap would grow to half of all memory.
    setFlagsFromString('--semi-space-growth-factor=1');
    setFlagsFromString('--heap-growing-percent=20');
    return await new Watch(context, options).run();
  },
};

function checkOptions(context: CommandContext, options: Options): void {
  if (context.args.length === 0 && options.interface === null)
    throw new UsageError(
      'FILE',
      'watch needs a FILE, --interface IF, or - for standard input; see peershield watch --help',
    );
  if (context.args.length > 0 && options.interface !== null)
    throw new UsageError('--interface', '--interface: watches live; a FILE besides makes no sense');
  if (options.rules !== null && context.json && options.rulesFile === null && !options.dryRun)
    throw new UsageError('--rules-file', '--rules prints on standard output, which --json has: add --rules-file FILE');
  if (options.export !== null && options.exportFile === null)
    throw new UsageError('--export-file', '--export needs --export-file FILE');
  if (options.exportFile !== null && options.export === null)
    throw new UsageError('--export', '--export-file needs --export eve|zeek|csv|prometheus');
}

/** One run of the command. */
class Watch {
  readonly #context: CommandContext;
  readonly #options: Options;
  readonly #policy: AlertPolicy;
  readonly #local: readonly Network[];
  readonly #rules: RuleOptions;
  readonly #watcher: Watcher;
  readonly #lines: Lines;
  readonly #exporter: { format: ExportFormat; file: number; lines: Lines } | null;
  #live: LiveCapture | null = null;
  #trouble: string | null = null;
  #truncated: string | null = null;
  readonly #isScreen: boolean;

  constructor(context: CommandContext, options: Options) {
    this.#context = context;
    this.#options = options;
    this.#policy = new AlertPolicy(options);
    this.#local = networks('--local', options.local, PRIVATE_NETWORKS);
    this.#rules = ruleOptions(options);
    this.#isScreen = !context.json && process.stdout.isTTY && (options.interface !== null || context.args[0] === '-');
    this.#lines = new Lines(writeOut);
    this.#exporter =
      options.export === null ? null : openExport(options.export as ExportFormat, options.exportFile as string);
    this.#watcher = new Watcher(
      {
        ...DEFAULTS,
        ...this.#policy.settings,
        names: options.names,
        ...(options.interface === null ? {} : { interimSeconds: 60 }),
      },
      this.#sink(),
    );
  }

  #sink(): Sink {
    return {
      accepts: (alert) => this.#policy.passes(alert),
      alert: (alert) => {
        this.#policy.notify(alert);
        if (this.#context.json) this.#lines.add(alertLine(alert));
        else if (this.#live !== null && !this.#isScreen)
          this.#context.say(`! ${alert.kind} ${alert.host}: ${alert.why}`);
        if (this.#exporter !== null) this.#exporter.lines.add(exporterOf(this.#exporter.format).alert(alert));
      },
      flow: (id, isInterim) => this.#flow(id, isInterim),
    };
  }

  #flow(id: number, isInterim: boolean): void {
    if (this.#context.json) this.#lines.add(flowLine(this.#watcher, id, isInterim));
    if (this.#exporter !== null && !isInterim)
      this.#exporter.lines.add(exporterOf(this.#exporter.format).flow(this.#watcher.record(id)));
  }

  async run(): Promise<number> {
    return this.#options.interface === null ? await this.#captures() : await this.#interface(this.#options.interface);
  }

  async #captures(): Promise<number> {
    const stop = new AbortController();
    const interrupt = (): void => {
      stop.abort();
      process.stdin.destroy();
    };
    process.once('SIGINT', interrupt);
    const view = this.#isScreen ? setInterval(() => this.#draw('standard input'), SECONDS_BETWEEN_VIEWS * 1000) : null;
    const missing: string[] = [];
    let failed: Failure | null = null;
    for (const path of this.#context.args) {
      try {
        const cut =
          path === '-'
            ? await watchInput('standard input', process.stdin, this.#watcher)
            : await watchFile(path, this.#watcher, stop.signal);
        if (cut !== null) missing.push(cut);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failed ??= error;
        if (this.#context.args.length > 1) this.#context.warn(error.message);
      }
      if (stop.signal.aborted) break;
    }
    process.off('SIGINT', interrupt);
    if (view !== null) this.#endScreen(view);
    if (failed !== null && this.#watcher.packets === 0) throw failed;
    for (const line of missing) this.#context.warn(line);
    if (missing.length > 0) this.#truncated = missing.join('; ');
    await this.#report();
    if (stop.signal.aborted) return 130;
    return failed === null ? 0 : 1;
  }

  async #interface(name: string): Promise<number> {
    const { filter, snaplen } = this.#options;
    const stopped = stopRequested();
    const live = new LiveCapture(
      this.#watcher,
      { interface: name, filter, snaplen },
      {
        ready: () => {
          this.#context.emit({ event: 'ready', program: 'watch', listen: { interface: [name] } });
          if (!this.#isScreen) this.#context.say(`Watching ${name}; Ctrl-C ends.`);
        },
        trouble: (text) => {
          this.#trouble = text;
          if (!this.#isScreen) this.#context.warn(text);
        },
      },
    );
    this.#live = live;
    let ticks = 0;
    const tick = setInterval(() => {
      ticks++;
      this.#watcher.expire(Date.now() / 1000);
      this.#lines.flush();
      if (this.#isScreen) this.#draw(name);
      if (ticks % SECONDS_BETWEEN_FILES === 0) this.#writeFiles(this.#gather());
    }, SECONDS_BETWEEN_VIEWS * 1000);
    try {
      await Promise.race([stopped.promise, live.ended]);
      live.stop();
      await live.ended;
    } finally {
      this.#endScreen(tick);
      stopped.dispose();
    }
    await this.#report();
    return 0;
  }

  #gather(): Findings {
    return gather(this.#watcher, this.#local, this.#live?.dropped ?? 0, this.#truncated);
  }

  /** The end: everything judged for the last time, then all that was asked for is written. */
  async #report(): Promise<void> {
    const watcher = this.#watcher;
    watcher.finish();
    if (this.#context.json || this.#exporter !== null)
      for (let id = 0; id < watcher.flows.end; id++) if (watcher.flows.isUsed(id)) this.#flow(id, false);
    const { html, rules, dryRun: isDry } = this.#options;
    const needsFindings = !this.#context.json || html !== null || rules !== null || isDry || this.#exporter !== null;
    const findings = needsFindings ? this.#gather() : null;
    if (findings !== null) {
      this.#writeFiles(findings);
      this.#say(findings);
    }
    if (this.#exporter !== null) {
      this.#exporter.lines.add(exporterOf(this.#exporter.format).tail(() => findings as Findings));
      this.#exporter.lines.flush();
      closeSync(this.#exporter.file);
    }
    if (this.#context.json) this.#lines.add(summaryLine(summaryOf(watcher, this.#live?.dropped ?? 0, this.#truncated)));
    this.#lines.flush();
    if (watcher.faults > 0)
      this.#context.warn(
        `${watcher.faults} conversations were only counted because of a fault of ours, please report it: ${watcher.firstFault}`,
      );
    await this.#policy.settle();
    if (this.#policy.skipped > 0) this.#context.warn(`${this.#policy.skipped} hooks were not run: too many at once`);
    if (this.#policy.trouble !== null) this.#context.warn(this.#policy.trouble);
  }

  #say(findings: Findings): void {
    const { rules, rulesFile, dryRun: isDry, html } = this.#options;
    // Rules on standard output are for a packet filter: words go elsewhere then.
    const say =
      rules !== null && rulesFile === null && !isDry
        ? (text: string): void => void process.stderr.write(`${text}\n`)
        : (text: string): void => this.#context.say(text);
    if (this.#context.json && html === null && !isDry) return;
    say(sentence(findings));
    if (!this.#context.json) for (const line of describe(findings)) say(line);
    if (findings.evicted > 0) say(`${findings.evicted.toLocaleString('en')} flows were given up for memory.`);
    if (findings.dropped > 0)
      say(`${findings.dropped.toLocaleString('en')} packets were dropped by the capture: the figures are low.`);
    if (isDry) for (const line of dryRun(findings, this.#plan(findings), this.#rules)) say(line);
    if (html !== null) say(`The picture is in ${html}.`);
  }

  #plan(findings: Findings): RulePlan {
    return planFor(findings, this.#rules);
  }

  #writeFiles(findings: Findings): void {
    const { html, names, rules, rulesFile, dryRun: isDry } = this.#options;
    if (html !== null) writeWhole(html, writeReport(findings, names));
    if (rules === null || isDry) return;
    const text = writeRules(rules as RuleFormat, this.#plan(findings), this.#rules, new Date());
    if (rulesFile !== null) writeWhole(rulesFile, text);
    else if (this.#live === null || !this.#isScreen) process.stdout.write(text);
  }

  #draw(title: string): void {
    const { columns, rows } = process.stdout;
    const lines = drawScreen(this.#gather(), title, columns || 80, rows || 24, this.#trouble);
    process.stdout.write(`\u001b[H\u001b[?25l${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
  }

  #endScreen(timer: NodeJS.Timeout): void {
    clearInterval(timer);
    if (this.#isScreen) process.stdout.write('\u001b[?25h\n');
  }
}

/** Standard output without a buffer for each block: measured (bench/watch.ts), the stream's copies cost a tenth of a run. */
function writeOut(block: string): void {
  const bytes = outBuffer.subarray(0, outBuffer.write(block));
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(1, bytes, from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
      // The pipe is full and does not block: its reader is slower than we are.
      Atomics.wait(pause, 0, 0, 5);
    }
  }
}

/** Lines come in blocks of at most 65,536 characters and one line more; a line is shorter than 64 kB. */
const outBuffer = Buffer.allocUnsafe(1 << 19);
const pause = new Int32Array(new SharedArrayBuffer(4));

function openExport(format: ExportFormat, path: string): { format: ExportFormat; file: number; lines: Lines } {
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${(error as Error).message}`);
  }
  const lines = new Lines((block) => void writeSync(file, block));
  lines.add(exporterOf(format).head());
  return { format, file, lines };
}

/** Written beside and renamed: who reads it sees the old or the new, whole. */
function writeWhole(path: string, text: string): void {
  try {
    const beside = `${path}.part`;
    writeFileSync(beside, text);
    renameSync(beside, path);
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${(error as Error).message}`);
  }
}

function networks(option: string, texts: readonly string[], instead: readonly Network[]): readonly Network[] {
  if (texts.length === 0) return instead;
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const network = parseNetwork(text);
      if (network === null)
        throw new UsageError(option, `${option} ${text}: wants an address or a network as 10.0.0.0/8`);
      return network;
    });
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

function ruleOptions(options: OptionValues<typeof RULES>): RuleOptions {
  return {
    action: options.action as 'shape' | 'block',
    shapeKbytes: options.rate,
    hours: options.hours === null ? null : parseHours('--hours', options.hours),
    days: options.days === null ? null : parseDays(options.days),
    ttlSeconds: options.ttl,
    never: [...ownSurroundings(), ...networks('--allow', options.allow, [])],
  };
}

function parseDays(text: string): number[] {
  const days = text
    .toLowerCase()
    .split(',')
    .flatMap((part) => {
      const [from = '', to = from] = part.trim().slice(0, 20).split('-');
      const [first, last] = [DAYS.indexOf(from.slice(0, 3)), DAYS.indexOf(to.slice(0, 3))];
      if (first < 0 || last < 0) throw new UsageError('--days', `--days ${text}: wants days as mon-fri or sat,sun`);
      return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, n) => (first + n) % 7);
    });
  return [...new Set(days)];
}

/** The plan, with the capture's own name servers spared as well. */
function planFor(findings: Findings, options: RuleOptions): RulePlan {
  const resolvers = [...findings.resolvers].map(parseNetwork).filter((network) => network !== null);
  return planRules(findings, { ...options, never: [...options.never, ...resolvers] });
}

const applyCommand: Command = {
  summary: 'put rules against what is seen into a table of our own in this packet filter (nftables)',
  usage: 'FILE… | --interface IF',
  words: { min: 0, max: 100_000 },
  options: APPLY,
  server: true,
  help: 'With --interface the table is refreshed as hubs and peers are learned, until Ctrl-C; it stays until "peershield watch undo".',
  async run(context) {
    const options = context.options as OptionValues<typeof APPLY>;
    if (context.args.length === 0 && options.interface === null)
      throw new UsageError('FILE', 'watch apply needs a FILE or --interface IF');
    const rules = ruleOptions(options);
    const local = networks('--local', options.local, PRIVATE_NETWORKS);
    const watcher = new Watcher(DEFAULTS, { accepts: () => true, alert: () => {}, flow: () => {} });
    let applied = '';
    const apply = async (): Promise<void> => {
      const plan = planFor(gather(watcher, local, 0, null), rules);
      const key = plan.entries
        .map(({ address, port, proto }) => `${address} ${port} ${proto}`)
        .toSorted()
        .join(',');
      if (key === applied) return;
      await applyRules(writeRules('nftables', plan, rules, new Date()));
      applied = key;
      context.emit({ event: 'applied', entries: plan.entries.length, action: rules.action });
      context.say(
        `${plan.entries.length} addresses and ports are in table inet peershield_watch (${rules.action}); "peershield watch undo" takes it out.`,
      );
      for (const { address, why } of plan.spared) context.say(`${address} is spared: ${why}.`);
    };
    if (options.interface === null) {
      for (const path of context.args) {
        const cut =
          path === '-'
            ? await watchInput('standard input', process.stdin, watcher)
            : await watchFile(path, watcher, new AbortController().signal);
        if (cut !== null) context.warn(cut);
      }
      watcher.finish();
      if (watcher.tracks.length === 0) {
        context.say('No Napster and no Gnutella was seen: nothing to apply.');
        return 0;
      }
      await apply();
      return 0;
    }
    await applyLive(context, watcher, options.interface, options, apply);
    return 0;
  },
};

async function applyLive(
  context: CommandContext,
  watcher: Watcher,
  name: string,
  { filter, snaplen }: OptionValues<typeof APPLY>,
  apply: () => Promise<void>,
): Promise<void> {
  const stopped = stopRequested();
  const live = new LiveCapture(
    watcher,
    { interface: name, filter, snaplen },
    {
      ready: () => {
        context.emit({ event: 'ready', program: 'watch', listen: { interface: [name] } });
        context.say(
          `Watching ${name}; rules are refreshed as hubs and peers are learned. Ctrl-C ends the watching, not the rules.`,
        );
      },
      trouble: (text) => context.warn(text),
    },
  );
  try {
    for (let isOver = false; !isOver; ) {
      const second = Promise.withResolvers<void>();
      const timer = setTimeout(second.resolve, 1000);
      isOver = await Promise.race([
        stopped.promise.then(() => true),
        live.ended.then(() => true),
        second.promise.then(() => false),
      ]);
      clearTimeout(timer);
      watcher.expire(Date.now() / 1000);
      if (watcher.tracks.length > 0) await apply();
    }
  } finally {
    live.stop();
    stopped.dispose();
  }
  await live.ended;
}

const undoCommand: Command = {
  summary: 'take the table that "watch apply" made out of the packet filter, completely',
  options: {},
  async run(context) {
    const wasThere = await undoRules();
    context.emit({ event: 'undone', table: wasThere });
    context.say(
      wasThere ? 'Table inet peershield_watch is gone; nothing else was touched.' : 'There was no table of ours.',
    );
  },
};

export const subcommands: NonNullable<CommandModule['subcommands']> = { apply: applyCommand, undo: undoCommand };
