// Accuracy and time of our engine against `nmap -sT` with its defaults, on one testbed in one run.
//   node bench/shields.ts [--nmap] [--seeds 101,102,103] [--only TEXT]      prints a table in Markdown
// 20 ms round trip, 1 % of the frames lost in each direction. Needs unshare, nft, python3 (and nmap).
import { parseArgs } from 'node:util';
import { Bed } from '../test/shieldbed/bed.ts';
import { nmap, peershield, type Result, score } from '../test/shieldbed/engines.ts';
import { home, type Layout, mixed, uniform } from '../test/shieldbed/layouts.ts';

const { values } = parseArgs({
  options: {
    nmap: { type: 'boolean', default: false },
    seeds: { type: 'string', default: '101,102,103' },
    only: { type: 'string', default: '' },
  },
});
const seeds = values.seeds.split(',').map(Number);
const layouts: Layout[] = [
  uniform('all closed', 'closed'),
  uniform('250 refusals a second', 'rationed', 250),
  uniform('all open', 'open'),
  { ...uniform('hides after 300', 'closed'), hidesAfter: 300 },
  ...seeds.map((seed) => mixed(seed)),
  ...seeds.map((seed) => home(seed)),
  ...seeds.slice(0, 1).map((seed) => mixed(seed, 6)),
  uniform('all stealth', 'stealth'),
].filter(({ name }) => name.includes(values.only));

console.log('| layout | engine | right | falsely open | seconds |\n|---|---|---|---|---|');
for (const [index, layout] of layouts.entries()) {
  await measure(layout, index, 'peershield, RTT known', (bed) => peershield(bed, layout, 20));
  await measure(layout, index, 'peershield', (bed) => peershield(bed, layout, null));
  if (values.nmap) await measure(layout, index, 'nmap -sT', (bed) => nmap(bed, layout));
}

/** Each engine gets a fresh bed: sets, rations and hiding start anew. */
async function measure(
  layout: Layout,
  seed: number,
  engine: string,
  run: (bed: Bed) => Promise<Result>,
): Promise<void> {
  const bed = await Bed.open(layout, { delayMs: 10, loss: 0.01, seed });
  try {
    const result = await run(bed);
    const { right, of, falselyOpen, wrong } = score(layout, result);
    const flags = [
      result.adaptive === true ? 'adaptive noticed' : '',
      result.proxied === true ? 'proxy suspected' : '',
    ];
    const said = [`${((right / of) * 100).toFixed(1)} % (${right}/${of})`, ...flags.filter(Boolean)].join(', ');
    console.log(`| ${layout.name} | ${engine} | ${said} | ${falselyOpen} | ${result.seconds.toFixed(1)} |`);
    if (wrong.length > 0) console.error(`  ${wrong.slice(0, 12).join('; ')}`);
  } finally {
    bed.close();
  }
}
