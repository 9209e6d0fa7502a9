// The log that programs write to: JSON lines by pino on stderr, or short lines where a person watches.
import pino from 'pino';
import type { Log, LogFields } from '#base';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** A log on stderr. `style` json is one object a line; text is for a terminal. */
export function openLog(level: LogLevel, style: 'json' | 'text'): Log {
  if (style === 'text') return textLog(level);
  const logger = pino({ level, base: null, messageKey: 'event' }, pino.destination({ dest: 2, sync: true }));
  const write =
    (at: LogLevel) =>
    (event: string, fields?: LogFields): void =>
      logger[at](fields ?? {}, event);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function textLog(least: LogLevel): Log {
  const write = (at: LogLevel) => {
    if (LEVELS.indexOf(at) < LEVELS.indexOf(least)) return (): void => {};
    return (event: string, fields?: LogFields): void => {
      const time = new Date().toTimeString().slice(0, 8);
      const rest = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${short(value)}`);
      process.stderr.write(`${time} ${at.padEnd(5)} ${event}${rest.join('')}\n`);
    };
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function short(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  return typeof value === 'string' && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}
