// The loudness of a whole song as a row of bars, for the player: decoded by the browser from the file that it plays.
// Only for songs that are here in full, and not too large ones: a decoded minute is ten megabytes for a moment.

import { barsOf } from './bars.ts';

const LARGEST_BYTES = 20_000_000;
const DECODED_HZ = 8000;

/** `count` heights from 0 to 1; null: too large, not sound, or not to be had. */
export async function loudnessOf(url: string, count: number, signal: AbortSignal): Promise<readonly number[] | null> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || Number(response.headers.get('content-length') ?? 0) > LARGEST_BYTES) return null;
    const bytes = await response.arrayBuffer();
    const sound = await new OfflineAudioContext(1, 1, DECODED_HZ).decodeAudioData(bytes);
    return signal.aborted ? null : barsOf(sound.getChannelData(0), count);
  } catch {
    return null;
  }
}
