// The shape of a log, so that rooms need not know the one that writes it (pino, in the roof). Log at the edges, count in
// the middle: a line has an event name in kebab-case and fields.

export type LogFields = Readonly<Record<string, unknown>>;

export type Log = {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
};

const nothing = (): void => {};
/** For tests and short commands. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
