// A Wrapster in the stream: its list is read, its files are passed over.
import { readable } from '#base';
import { WrapsterReader } from '#wire/wrapster';
import type { Context } from './context.ts';
import { scan } from './scan.ts';
import type { Walk, Window } from './window.ts';

/** Walks the Wrapster that begins here, and its padding. */
export function* walkWrapster(w: Window, context: Context): Walk {
  const { record } = context;
  const at = w.fileOffset(w.pos);
  const reader = new WrapsterReader();
  const finding = record.note('wrapster', 'alarm', at, 0, `a Wrapster archive at byte ${at}`);
  const whole = new Set<number>();
  while (!reader.done && (yield* w.need(1))) {
    const { events, used } = reader.write(w.view(w.ahead));
    for (const event of events) if (event.type === 'whole') whole.add(event.index);
    w.pos += used;
    record.mark(w.fileOffset(w.pos), 'foreign');
  }
  for (const event of reader.end()) if (event.type === 'whole') whole.add(event.index);
  const files = reader.entries.map((entry, index) => ({
    name: readable(entry.name),
    sizeBytes: entry.sizeBytes,
    whole: whole.has(index),
  }));
  if (yield* w.need(1)) {
    w.pos--;
    yield* scan(w, context, finding, null);
  }
  finding.lengthBytes = w.fileOffset(w.pos) - at;
  const names = files.map(({ name }) => name).slice(0, 5);
  finding.what =
    `a Wrapster ${reader.version} archive at byte ${at} holding ${files.length} files: ${names.join(', ')}`.slice(
      0,
      300,
    );
  record.wrapster ??= { version: reader.version, at, files };
}
