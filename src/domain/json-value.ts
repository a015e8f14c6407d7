// Tells whether a value from outside can be written as JSON and read back as the same value, before anything hashes it.

import { type Problem, shown } from './problem.ts';

/** Deeper values are refused: reading them again, canonically and in any language, needs a stack that deep. */
const DEPTH_MAX = 64;

/**
 * Returns the first part of `value` that is not plain JSON, or `null` where all of it is. `JSON.parse` can yield such
 * parts (`1e999` becomes Infinity, nesting has no bound), and a caller in JavaScript can pass anything, as a Date or
 * a value that contains itself. Properties that are `undefined` count as absent.
 */
export function problemInJson(value: unknown): Problem | null {
  return problemAt(value, '', 0);
}

function problemAt(value: unknown, path: string, depth: number): Problem | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : { path, message: `${value} is not a finite number` };
  }
  if (depth >= DEPTH_MAX) return { path, message: `is nested more than ${DEPTH_MAX} levels deep` };
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      const problem = problemAt(item, joined(path, String(at)), depth + 1);
      if (problem !== null) return problem;
    }
    return null;
  }
  if (!isPlainObject(value)) {
    const found = typeof value === 'object' ? 'an object of a class' : typeof value;
    return { path, message: `expected a JSON value; found ${found}` };
  }
  for (const [key, item] of Object.entries(value)) {
    const problem = item === undefined ? null : problemAt(item, joined(path, key), depth + 1);
    if (problem !== null) return problem;
  }
  return null;
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** A key is somebody else's text: long or strange ones are shown as in other messages. */
function joined(path: string, key: string): string {
  const part = /^[\w-]{1,40}$/.test(key) ? key : shown(key);
  return path === '' ? part : `${path}.${part}`;
}
