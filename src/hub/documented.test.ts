import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { byteString } from '#base';
import { decodeFrame, decodeFromClient, decodeFromHub, FROM_CLIENT, FROM_HUB } from '#wire/napster';

const docs = (name: string): string =>
  readFileSync(new URL(`../../docs/protocols/${name}.md`, import.meta.url), 'utf8');

/** Numbers in the first column of tables, with `203 → 607` and `10250–10261` taken apart. */
function numbersIn(text: string): Set<number> {
  const numbers = new Set<number>();
  for (const [, cell = ''] of text.matchAll(/^\| ([^|]*) \|/gm)) {
    for (const [, from, to] of cell.matchAll(/(\d+)–(\d+)/g))
      for (let type = Number(from); type <= Number(to); type++) numbers.add(type);
    for (const [number] of cell.matchAll(/\d+/g)) numbers.add(Number(number));
  }
  return numbers;
}

test('every message that clients may send stands in the tables of docs/protocols', () => {
  const [old, extensions] = [numbersIn(docs('napster')), numbersIn(docs('extensions'))];
  const types: number[] = Object.values(FROM_CLIENT).map(({ type }) => type);
  const missing = types.filter((type) => !(type >= 2100 && type < 2200 ? extensions : old).has(type));
  assert.deepEqual(missing, []);
});

test('every extension of either side stands in docs/protocols/extensions.md', () => {
  const numbers = numbersIn(docs('extensions'));
  const types: number[] = [...Object.values(FROM_CLIENT), ...Object.values(FROM_HUB)].map(({ type }) => type);
  assert.deepEqual(
    types.filter((type) => type >= 2100 && type < 2200 && !numbers.has(type)),
    [],
  );
});

test('the bytes that docs/protocols/extensions.md shows are what the codecs read', () => {
  const rows = [...docs('extensions').matchAll(/^\| (\d+) \| (client|hub) \|.*\| `([0-9a-f ]+)` \|$/gm)];
  assert.equal(rows.length, 20);
  for (const [, number, from, hex = ''] of rows) {
    const frame = decodeFrame(Buffer.from(hex.replaceAll(' ', ''), 'hex'), () => 2048);
    assert.equal(frame?.type, Number(number));
    const decode = from === 'client' ? decodeFromClient : decodeFromHub;
    const payload = byteString(Buffer.from(frame.payload, 'latin1'));
    assert.notEqual(decode(frame.type, payload).kind, 'unknown');
  }
});
