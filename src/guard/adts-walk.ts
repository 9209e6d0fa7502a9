// AAC in ADTS: frames with a header of seven bytes that tells their length, and nothing around them.
import type { Context } from './context.ts';
import type { Walk, Window } from './window.ts';

const HZ = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
/** Frames in a row that are no chance. */
const CHAIN = 4;

/** Length of the ADTS frame ahead; 0: there is none. */
function frameBytes(w: Window, distance: number): number {
  if (w.ahead < distance + 7 || w.at(distance) !== 0xff || (w.at(distance + 1) & 0xf6) !== 0xf0) return 0;
  if (((w.at(distance + 2) >> 2) & 15) >= HZ.length) return 0;
  const length = ((w.at(distance + 3) & 3) << 11) | (w.at(distance + 4) << 3) | (w.at(distance + 5) >> 5);
  return length >= 8 ? length : 0;
}

/** Walks the ADTS frames that begin here. */
export function* walkAdts(w: Window, context: Context): Walk<boolean> {
  if (frameBytes(w, 0) === 0) return false;
  const fixed = (w.at(1) << 8) | (w.at(2) & 0xfc);
  let ahead = 0;
  for (let i = 0; i < CHAIN; i++) {
    yield* w.need(ahead + 7);
    if (i > 0 && w.ahead === ahead) break;
    const length = frameBytes(w, ahead);
    if (length === 0 || (((w.at(ahead + 1) << 8) | w.at(ahead + 2)) & 0xfffc) !== fixed) return false;
    ahead += length;
  }
  const { record } = context;
  const at = w.fileOffset(w.pos);
  const hz = HZ[(w.at(2) >> 2) & 15] as number;
  const channels = ((w.at(2) & 1) << 2) | (w.at(3) >> 6);
  let frames = 0;
  let bytes = 0;
  while (yield* w.need(7)) {
    const length = frameBytes(w, 0);
    if (length === 0) break;
    if (!(yield* w.need(length))) {
      record.note(
        'truncated',
        'damage',
        w.fileOffset(w.pos),
        w.ahead,
        `the last frame is cut: ${w.ahead} of ${length} bytes`,
      );
      yield* w.skip(w.ahead);
      break;
    }
    yield* w.skip(length);
    frames++;
    bytes += length;
  }
  if (w.ahead > 0 && w.ended && w.ahead < 7 && w.at(0) === 0xff) {
    record.note(
      'truncated',
      'damage',
      w.fileOffset(w.pos),
      w.ahead,
      `the last frame is cut: ${w.ahead} bytes of it are there`,
    );
    yield* w.skip(w.ahead);
  }
  record.mark(w.fileOffset(w.pos), 'frames');
  const seconds = (frames * 1024) / hz;
  record.sound(at, {
    container: 'mpeg',
    codec: 'aac',
    mpeg: null,
    layer: null,
    kbps: Math.round((bytes * 8) / seconds / 1000),
    vbr: true,
    freeFormat: false,
    hz,
    channels: channels === 7 ? 8 : channels,
    frames,
    seconds,
  });
  return true;
}
