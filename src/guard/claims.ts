// What a file claims about itself (Xing, Info, LAME, VBRI, TLEN) against what was counted: a little less is a cut, off
// tenfold is a lie.
import type { Context } from './context.ts';
import type { Claim } from './mpeg-frames.ts';

/** Claims off by this factor are no slip and no cut. */
const LIE = 8;

/** Compares every claim with the frames that followed it, up to the next one. */
export function judgeClaims(context: Context, endOfSound: number): void {
  const { mpeg } = context;
  for (const [i, claim] of mpeg.claims.entries()) {
    const next = mpeg.claims[i + 1];
    const counted = (next?.countedBefore ?? mpeg.frames) - claim.countedBefore;
    judgeClaim(context, claim, counted, (next?.at ?? endOfSound) - claim.at, next === undefined);
  }
  judgeLengths(context);
}

function judgeClaim(context: Context, claim: Claim, counted: number, bytes: number, isLast: boolean): void {
  const { record, mpeg } = context;
  const { frames, at, kind } = claim;
  if (claim.musicBytes !== null && claim.musicBytes > 0 && claim.bytes !== null && claim.bytes > 0) {
    if (isOff(claim.musicBytes, claim.bytes)) {
      record.note(
        'lies',
        'alarm',
        at,
        4,
        `the LAME header claims ${claim.musicBytes} bytes of music, the ${kind} header ${claim.bytes}`,
      );
      return;
    }
  }
  const cutHere = isLast && mpeg.endsCut;
  if (frames === null || frames === 0) {
    if (claim.bytes !== null && claim.bytes > 0 && isOff(claim.bytes, bytes) && !cutHere) {
      record.note('lies', 'alarm', at, 4, `the ${kind} header claims ${claim.bytes} bytes, ${bytes} are there`);
    }
    return;
  }
  const what = `the ${kind} header counts ${frames} frames, ${counted} are there`;
  if (frames > counted) {
    const missingBytes = claim.bytes === null ? Number.POSITIVE_INFINITY : claim.bytes - bytes;
    const mean = counted > 0 ? bytes / (counted + 1) : 1;
    if (frames >= counted * LIE && !cutHere) record.note('lies', 'alarm', at, 4, what);
    else if (frames - counted > 1 || missingBytes > mean / 2) record.note('truncated', 'damage', at, 4, what);
    return;
  }
  if (claim.bytes !== null && claim.bytes > 0 && counted === frames && isOff(claim.bytes, bytes)) {
    record.note('lies', 'alarm', at, 4, `the ${kind} header claims ${claim.bytes} bytes, ${bytes} are there`);
    return;
  }
  if (frames * LIE > counted) return;
  // Other songs may follow without a header of their own; then this one ends where a song can end, and its bytes fit.
  const own = claim.bytes === null || claim.bytes * 2 < bytes;
  if (!claim.borderIsClean || !own) record.note('lies', 'alarm', at, 4, what);
}

function judgeLengths(context: Context): void {
  const { mpeg, record, lengthClaims } = context;
  if (mpeg.frames === 0 || mpeg.endsCut || record.findings.some(({ code }) => code === 'truncated')) return;
  for (const [i, claim] of lengthClaims.entries()) {
    const seconds = (lengthClaims[i + 1]?.secondsBefore ?? mpeg.seconds) - claim.secondsBefore;
    const claimed = claim.ms / 1000;
    if (seconds <= 0 || Math.abs(claimed - seconds) < 0.5 || !isOff(claimed, seconds)) continue;
    record.note(
      'lies',
      'alarm',
      claim.at,
      0,
      `the tag claims ${Math.round(claimed)} s, the sound is ${Math.round(seconds)} s long`,
    );
  }
}

function isOff(claimed: number, real: number): boolean {
  return claimed >= real * LIE || claimed * LIE <= real;
}
