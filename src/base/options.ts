// What a program can be told, as a table: the roof makes flags, TOML keys, environment names and help out of it.
// defaults < --config FILE < PEERSHIELD_... < flags, and the roof remembers where each value came from.

type Common = {
  /** One line for --help, without a full stop. */
  readonly help: string;
  /** What stands for the value in --help, as `ADDR:PORT`. */
  readonly value?: string;
  /** Never printed by `peershield config`, never in a log. */
  readonly secret?: boolean;
  /** Not in --help: accepted for scripts that name it. */
  readonly hidden?: boolean;
  /** Whether SIGHUP can apply a change of it while the program runs. */
  readonly reload?: boolean;
  /** A second check beyond the type: returns what is wrong in words, or null. */
  readonly check?: (value: never) => string | null;
};

/** One option. The key in its table is the flag in camelCase: `shareDir` is `--share-dir`, `PEERSHIELD_SHARE_DIR`, `share_dir`. */
export type OptionSpec =
  | (Common & { readonly type: 'flag'; readonly default: boolean })
  | (Common & { readonly type: 'text'; readonly default: string | null; readonly choices?: readonly string[] })
  | (Common & {
      readonly type: 'number';
      readonly default: number | null;
      readonly min?: number;
      readonly max?: number;
    })
  | (Common & {
      readonly type: 'list';
      readonly default: readonly string[];
      /** One flag may hold several, joined by commas. Without it a comma is part of the text, as in a folder's name. */
      readonly commas?: boolean;
    });

export type OptionTable = Readonly<Record<string, OptionSpec>>;

type ValueOf<S extends OptionSpec> = S extends { type: 'flag' }
  ? boolean
  : S extends { type: 'number' }
    ? S['default'] extends number
      ? number
      : number | null
    : S extends { type: 'list' }
      ? readonly string[]
      : S['default'] extends string
        ? string
        : string | null;

/** The effective values of a table. */
export type OptionValues<T extends OptionTable> = { readonly [K in keyof T]: ValueOf<T[K]> };
