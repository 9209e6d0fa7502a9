// A song as bars. Pure.

/** Root mean square of each part, the loudest part being 1. */
export function barsOf(samples: Float32Array, count: number): number[] {
  const step = Math.max(1, Math.floor(samples.length / count));
  const bars = Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let at = i * step; at < (i + 1) * step; at++) sum += (samples[at] ?? 0) ** 2;
    return Math.sqrt(sum / step);
  });
  const loudest = Math.max(...bars);
  return loudest === 0 ? bars : bars.map((bar) => bar / loudest);
}
