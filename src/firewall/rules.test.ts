import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doesNothing, script } from './rules.ts';
import { knocksIn } from './table.ts';
import { watchScript } from './unsolicited.ts';

const NOTHING = { ident: false, sharePorts: [], quietPorts: [] };

test('the script replaces our table and names no other', () => {
  const text = script({ ident: true, sharePorts: [6699], quietPorts: [6346] });
  assert.ok(text.startsWith('table inet peershield\ndelete table inet peershield\ntable inet peershield {'));
  assert.deepEqual(new Set(text.match(/table \w+ \w+/g)), new Set(['table inet peershield']));
  assert.ok(!/flush/.test(text));
});

test('ident is refused before it is dropped, and nothing else is refused', () => {
  const text = script({ ...NOTHING, ident: true });
  assert.ok(text.indexOf('reject with tcp reset') < text.indexOf('tcp dport 113 drop'));
  assert.ok(!text.includes('admitted'));
});

test('share ports let admitted hosts in and drop and count the others', () => {
  const text = script({ ...NOTHING, sharePorts: [6699, 6346] });
  assert.ok(text.includes('udp sport { 6699, 6346 } ip daddr != 127.0.0.0/8 update @admitted4'));
  for (const port of [6699, 6346]) assert.ok(text.includes(`tcp dport ${port} counter name knocks_${port} drop`));
  assert.ok(!text.includes('113'));
});

test('rules that do nothing are known as such', () => {
  assert.equal(doesNothing(NOTHING), true);
  assert.equal(doesNothing({ ...NOTHING, quietPorts: [6346] }), false);
});

test('knocks are read from the listing by port', () => {
  const text =
    'table inet peershield {\n\tcounter knocks_6346 {\n\t\tpackets 17 bytes 1020\n\t}\n\tcounter knocks_63 {\n\t\tpackets 2 bytes 1\n\t}\n}';
  assert.deepEqual([knocksIn(text, 6346), knocksIn(text, 63), knocksIn(text, 1)], [17, 2, 0]);
});

test('counting names one host and leaves out the page it visits', () => {
  const four = watchScript('t', '192.0.2.7', 8882);
  assert.ok(four.includes('ip saddr 192.0.2.7 ct state new tcp dport != 8882 counter'));
  assert.ok(
    watchScript('t', '2001:db8::7', null).includes('ip6 saddr 2001:db8::7 ct state new meta l4proto tcp counter'),
  );
  assert.ok(!/drop|reject|accept;\n.*accept/.test(four));
});
