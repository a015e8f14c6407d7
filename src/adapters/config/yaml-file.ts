// Reads one configuration file and turns it into a checked value, or into every problem found with its line and column.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Static, TSchema } from 'typebox';
import { canonicalJson, sha256Hex } from '../../domain/canonical.ts';
import { problemInJson } from '../../domain/json-value.ts';
import { type Problem, shown } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { nearest, validate } from '../../domain/validate.ts';
import { type Place, parseYaml } from './yaml-text.ts';

/** A configuration is written by a person; a file beyond this is a mistake. */
const CONFIG_BYTES_MAX = 256 * 1024;

/** More problems than a person reads at once; the rest is counted. */
const PROBLEMS_SHOWN_MAX = 50;

export interface ConfigProblem extends Problem {
  /** As the person named it: the folder that was given, then the name of the file. */
  readonly file: string;
  /** `null` where the file as a whole is meant. */
  readonly place: Place | null;
}

/** One kind of configuration file. */
export interface ConfigKind<S extends TSchema> {
  readonly fileName: string;
  readonly schema: S;
  /** What the file holds, as the object of "expected". */
  readonly holds: string;
  /** What to do where there is no such file, as a sentence of its own without a full stop. */
  readonly nextStep: string;
  /** Rules between fields that a schema cannot say. Runs only on a value that fits the schema. */
  readonly check: (value: Static<S>) => readonly Problem[];
}

export interface Checked<T> {
  readonly value: T;
  /** Of the canonical JSON with defaults filled in: comments and layout do not change it, a changed default does. */
  readonly sha256: string;
}

/** Returns the file of one kind in a folder, shown with the folder as it was given. */
export function shownFile(configDir: string, fileName: string): string {
  return `${configDir.replace(/[/\\]+$/, '')}/${fileName}`;
}

/** Returns the text of a file, `null` where there is none, or why it cannot be read. */
export function readConfig(
  configDir: string,
  fileName: string,
): Result<string | null, readonly ConfigProblem[]> {
  const file = shownFile(configDir, fileName);
  const path = resolve(configDir, fileName);
  const refuse = (message: string) => err([{ file, place: null, path: '', message }]);
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return ok(null);
    if (!stats.isFile()) return refuse('is not a file; expected a YAML file');
    if (stats.size > CONFIG_BYTES_MAX) return refuse(tooLarge(stats.size));
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
  } catch (error) {
    if (error instanceof TypeError) return refuse('is not UTF-8; save it as UTF-8');
    return refuse(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Returns the problem of a file that must be there: which folder was searched, and what to do. */
export function missingFile(configDir: string, kind: ConfigKind<TSchema>): readonly ConfigProblem[] {
  const folder = resolve(configDir);
  const others = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : null;
  const close = others === null ? null : nearest(kind.fileName, others);
  const found =
    others === null
      ? `there is no folder ${folder}`
      : `there is no such file in ${folder}${close === null ? '' : `, but there is ${close}`}`;
  const message = `${found}; expected ${kind.holds}; ${kind.nextStep}`;
  return [{ file: shownFile(configDir, kind.fileName), place: null, path: '', message }];
}

/**
 * Reads, checks and hashes the text of a configuration file. `file` is how the problems name it; of more than `problemsMax`
 * of them the rest is counted.
 */
export function parseConfig<S extends TSchema>(
  kind: ConfigKind<S>,
  text: string,
  file: string,
  problemsMax = PROBLEMS_SHOWN_MAX,
): Result<Checked<Static<S>>, readonly ConfigProblem[]> {
  const whole = (message: string) => err([{ file, place: null, path: '', message }]);
  if (text.length > CONFIG_BYTES_MAX) return whole(tooLarge(text.length));
  if (text.split('\n').every((line) => /^\s*(#|$)/.test(line)))
    return whole(`is empty; expected ${kind.holds}`);
  const yaml = parseYaml(text);
  if (!yaml.ok) return err([{ file, path: '', ...yaml.error }]);
  const { value, placeOf } = yaml.value;
  const placed = (problems: readonly Problem[]) => {
    const shownProblems = problems.slice(0, problemsMax);
    const found: ConfigProblem[] = shownProblems.map((problem) => ({
      ...problem,
      file,
      place: placeOf(problem.path),
    }));
    found.sort(comparePlaces);
    const rest = problems.length - shownProblems.length;
    if (rest > 0) found.push({ file, place: null, path: '', message: `and ${rest} more problems` });
    return err(found);
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return placed([{ path: '', message: `expected ${kind.holds}; found ${shown(value)}` }]);
  const unsafe = unsafeParts(value);
  if (unsafe.length > 0) return placed(unsafe);
  const fitting = validate(kind.schema, value);
  if (!fitting.ok) return placed(fitting.error);
  const broken = kind.check(fitting.value);
  if (broken.length > 0) return placed(broken);
  return ok({ value: fitting.value, sha256: sha256Hex(canonicalJson(fitting.value)) });
}

function tooLarge(size: number): string {
  return `has a size of ${size}; expected at most ${CONFIG_BYTES_MAX} bytes`;
}

/** YAML can say what JSON cannot, as `.inf`, and a key can reach into the prototype of an object. */
function unsafeParts(value: unknown): Problem[] {
  const notJson = problemInJson(value);
  return [...(notJson === null ? [] : [notJson]), ...prototypeKeys(value, '')];
}

function prototypeKeys(value: unknown, path: string): Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const below = path === '' ? key : `${path}.${key}`;
    return key === '__proto__'
      ? [{ path: below, message: 'is not usable as a key; choose another name' }]
      : prototypeKeys(part, below);
  });
}

function comparePlaces(a: ConfigProblem, b: ConfigProblem): number {
  const lines = (a.place?.line ?? 0) - (b.place?.line ?? 0);
  return lines !== 0 ? lines : (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
