// Figures for people. Sizes are decimal, as file managers and Napster's own lists have them now.

const NUMBER = new Intl.NumberFormat('en');
const ONE = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

export function count(value: number): string {
  return NUMBER.format(value);
}

/** `0 B`, `640 kB`, `5.2 MB`. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  let scaled = value / 1000;
  let unit = 0;
  while (scaled >= 999.5 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits = unit === 0 || scaled >= 100 ? NUMBER.format(Math.round(scaled)) : ONE.format(scaled);
  return `${digits} ${UNITS[unit]}`;
}

/** `0 kB/s`, `1.2 MB/s`. */
export function speed(bps: number): string {
  return bps < 1000 ? '0 kB/s' : `${bytes(bps)}/s`;
}

/** `3:41`, `1:02:05`; nothing for 0. */
export function length(seconds: number): string {
  if (seconds <= 0) return '';
  const whole = Math.round(seconds);
  const clock = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${clock.join(':')}` : clock.join(':').replace(/^0/, '');
}

/** `8 s`, `3 min`, `2 h`, `4 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

export function kbps(value: number): string {
  return value > 0 ? `${value} kbps` : '';
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${Math.min(100, Math.floor((part / whole) * 100))} %` : '';
}

export function day(ms: number): string {
  return new Date(ms).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** A file's name without its extension. */
export function bare(name: string): string {
  return name.replace(/\.(mp3|ogg|flac|wav|m4a|opus|mp2|aac)$/i, '');
}
