// Two kinds of failure that are not bugs: what a peer sent, and what the person at the keyboard typed.

/** The other side broke its protocol: its session closes, the program goes on. `code` is stable and in kebab-case. */
export class WireError extends Error {
  readonly code: string;
  constructor(code: string, message: string = code) {
    super(message);
    this.name = 'WireError';
    this.code = code;
  }
}

/** Wrong usage of a command or a config key; `option` is what to name in the one line that is printed. Exit code 2. */
export class UsageError extends Error {
  readonly option: string;
  constructor(option: string, message: string) {
    super(message);
    this.name = 'UsageError';
    this.option = option;
  }
}

/** The job failed for a reason that a person can act on: exit code 1 and this one line, no stack. */
export class Failure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
  }
}
