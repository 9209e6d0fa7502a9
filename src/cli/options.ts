// Where an option's value comes from: defaults < --config FILE (TOML) < environment PEERSHIELD_… < flags.
import { readFileSync } from 'node:fs';
import { parse as parseToml, TomlError } from 'smol-toml';
import { type OptionSpec, type OptionTable, UsageError } from '#base';
import type { OptionValue } from './command.ts';

/** A value and who gave it, as `peershield config` prints it. */
export type Resolved = Record<string, { value: OptionValue; from: string }>;

export type Sources = {
  /** Raw flag values by camelCase key, as the command line gave them. */
  flags: Readonly<Record<string, string | boolean | readonly string[]>>;
  env: Readonly<Record<string, string | undefined>>;
  configFile: string | null;
};

/** `shareDir` → `share-dir`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `shareDir` → `PEERSHIELD_SHARE_DIR`. */
export function envName(key: string): string {
  return `PEERSHIELD_${tomlName(key).toUpperCase()}`;
}

/** `shareDir` → `share_dir`. */
export function tomlName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * The effective values of a table.
 *
 * @param program the section of the config file that is ours, as `hub`; keys above any section are for every program
 * @throws UsageError naming the flag, the variable, or the config file's line and key
 */
export function resolveOptions(table: OptionTable, program: string, sources: Sources): Resolved {
  const resolved: Resolved = {};
  for (const [key, spec] of Object.entries(table)) resolved[key] = { value: spec.default, from: 'default' };
  if (sources.configFile !== null) readConfig(sources.configFile, program, table, resolved);
  for (const [key, spec] of Object.entries(table)) {
    const name = envName(key);
    const text = sources.env[name];
    if (text !== undefined && text !== '')
      resolved[key] = { value: fromText(spec, text, name), from: `environment ${name}` };
    const flag = sources.flags[key];
    if (flag !== undefined) resolved[key] = { value: fromFlag(spec, flag, `--${flagName(key)}`), from: 'flag' };
  }
  return resolved;
}

export function plainValues(resolved: Resolved): Record<string, OptionValue> {
  return Object.fromEntries(Object.entries(resolved).map(([key, { value }]) => [key, value]));
}

function fromFlag(spec: OptionSpec, raw: string | boolean | readonly string[], name: string): OptionValue {
  if (typeof raw === 'boolean') return checked(spec, raw, name);
  if (typeof raw === 'string') return fromText(spec, raw, name);
  return checked(spec, spec.type === 'list' && spec.commas === true ? raw.flatMap(parts) : raw, name);
}

function parts(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function fromText(spec: OptionSpec, text: string, name: string): OptionValue {
  switch (spec.type) {
    case 'flag':
      if (/^(1|true|yes|on)$/i.test(text)) return checked(spec, true, name);
      if (/^(0|false|no|off)$/i.test(text)) return false;
      throw new UsageError(name, `${name} takes true or false, not "${text}"`);
    case 'number':
      if (!/^-?\d+(\.\d+)?$/.test(text.trim())) throw new UsageError(name, `${name} takes a number, not "${text}"`);
      return checked(spec, Number(text), name);
    case 'list':
      return checked(spec, parts(text), name);
    case 'text':
      return checked(spec, text, name);
  }
}

function checked(spec: OptionSpec, value: OptionValue, name: string): OptionValue {
  if (spec.type === 'number' && typeof value === 'number') {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec;
    if (!(value >= min && value <= max)) {
      const range = max === Number.POSITIVE_INFINITY ? `${min} or more` : `a number from ${min} to ${max}`;
      throw new UsageError(name, `${name} takes ${range}, not ${value}`);
    }
  }
  if (spec.type === 'text' && spec.choices !== undefined && !spec.choices.includes(String(value)))
    throw new UsageError(name, `${name} is one of ${spec.choices.join(', ')}, not "${String(value)}"`);
  const wrong = (spec.check as ((value: OptionValue) => string | null) | undefined)?.(value) ?? null;
  if (wrong !== null) throw new UsageError(name, `${name}: ${wrong}`);
  return value;
}

function readConfig(file: string, program: string, table: OptionTable, into: Resolved): void {
  const text = readText(file);
  const keys = new Map(Object.keys(table).map((key) => [tomlName(key), key]));
  const flat = new Map<string, unknown>();
  for (const [name, value] of Object.entries(parsed(file, text))) {
    if (isSection(value) && (PROGRAMS.has(name) || name === program)) {
      if (name === program) flatten(value, '', flat);
    } else flatten({ [name]: value }, '', flat);
  }
  for (const [name, value] of flat) {
    const key = keys.get(name);
    // A key above the sections may be meant for the programs; a short command takes what it knows of them.
    if (key === undefined && !PROGRAMS.has(program)) continue;
    const where = `${file}${lineOf(text, name)}`;
    if (key === undefined) throw new UsageError(name, `${where}: unknown key "${name}"`);
    into[key] = { value: fromToml(table[key] as OptionSpec, value, name, where), from: where };
  }
}

/** Sections that belong to a program; a file can hold all of them. */
const PROGRAMS = new Set(['up', 'hub', 'peer', 'shields', 'watch', 'directory']);

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError('--config', `--config: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parsed(file: string, text: string): Record<string, unknown> {
  try {
    return parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first] = error.message.split('\n');
    throw new UsageError('--config', `${file}:${error.line}:${error.column}: ${first}`);
  }
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** `[limits] logins = 5` and `limits_logins = 5` are the same key. */
function flatten(section: Record<string, unknown>, prefix: string, into: Map<string, unknown>): void {
  for (const [name, value] of Object.entries(section)) {
    if (isSection(value)) flatten(value, `${prefix}${name}_`, into);
    else into.set(`${prefix}${name}`, value);
  }
}

/** The line on which a key stands, for people; empty when it is written in some other way. */
function lineOf(text: string, name: string): string {
  const last = name.split('_');
  const lines = text.split('\n');
  for (let from = 0; from < last.length; from++) {
    const key = last.slice(from).join('_');
    const line = lines.findIndex((candidate) => new RegExp(`^\\s*(?:[\\w.]+\\.)?"?${key}"?\\s*=`).test(candidate));
    if (line >= 0) return `:${line + 1}`;
  }
  return '';
}

function fromToml(spec: OptionSpec, value: unknown, name: string, where: string): OptionValue {
  const label = `${where}: ${name}`;
  if (value === '' && spec.default === null) return null; // as `peershield config` prints what is not set
  if (spec.type === 'flag' && typeof value === 'boolean') return checked(spec, value, label);
  if (spec.type === 'number' && typeof value === 'number') return checked(spec, value, label);
  if (spec.type === 'text' && typeof value === 'string') return checked(spec, value, label);
  if (spec.type === 'text' && typeof value === 'number') return checked(spec, String(value), label);
  if (
    spec.type === 'list' &&
    Array.isArray(value) &&
    value.every((item) => typeof item === 'string' || typeof item === 'number')
  )
    return checked(spec, value.map(String), label);
  if (spec.type === 'list' && (typeof value === 'string' || typeof value === 'number'))
    return fromFlag(spec, [String(value)], label); // a list of one, as a flag gives it
  const wanted = { flag: 'true or false', number: 'a number', text: 'a text', list: 'a list of texts' }[spec.type];
  throw new UsageError(name, `${label} takes ${wanted}`);
}
