// Synthesised sound as WAV: what the corpus is made of. Seeded, so every run hears the same.
import { seeded } from '../../src/base/mod.ts';

export type Sound = 'song' | 'tone' | 'silence' | 'noise' | 'half-silent';

/** A WAV of 16-bit samples. */
export function wav(sound: Sound, seconds: number, hz = 44100, channels = 2, seed = 1): Uint8Array {
  const chance = seeded(seed);
  const frames = Math.floor(seconds * hz);
  const data = new Int16Array(frames * channels);
  const base = 180 + chance() * 300;
  for (let i = 0; i < frames; i++) {
    const t = i / hz;
    for (let channel = 0; channel < channels; channel++) {
      data[i * channels + channel] = Math.round(sample(sound, t, channel, base, seconds, chance) * 30000);
    }
  }
  const bytes = new Uint8Array(44 + data.byteLength);
  const view = new DataView(bytes.buffer);
  const word = (at: number, text: string): void => {
    bytes.set(new TextEncoder().encode(text), at);
  };
  word(0, 'RIFF');
  view.setUint32(4, 36 + data.byteLength, true);
  word(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, hz, true);
  view.setUint32(28, hz * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  word(36, 'data');
  view.setUint32(40, data.byteLength, true);
  bytes.set(new Uint8Array(data.buffer), 44);
  return bytes;
}

function sample(sound: Sound, t: number, channel: number, base: number, seconds: number, chance: () => number): number {
  if (sound === 'silence' || (sound === 'half-silent' && t > seconds / 2)) return 0;
  if (sound === 'noise') return chance() * 1.6 - 0.8;
  if (sound === 'tone') return 0.5 * Math.sin(2 * Math.PI * 1000 * t);
  const note = base * 2 ** ((Math.floor(t * 4) % 7) / 12);
  const beat = Math.exp(-8 * (t * 4 - Math.floor(t * 4)));
  const voice = Math.sin(2 * Math.PI * note * t) + 0.4 * Math.sin(2 * Math.PI * note * 2.01 * t + channel);
  return 0.3 * voice * beat + 0.03 * (chance() - 0.5);
}
