// One door for untrusted records: a TypeBox schema becomes an ajv validator whose complaints name place, finding and expectation.

import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import leven from 'leven';
import type { Static, TSchema } from 'typebox';
import { type Problem, shown } from './problem.ts';
import { err, ok, type Result } from './result.ts';

const ajv = new Ajv2020({
  allErrors: true,
  // A job checks few records, so that code which is a little shorter is not worth the time it takes to shorten.
  code: { optimize: false },
  strict: false,
  strictNumbers: true,
  useDefaults: true,
  verbose: true,
});
const validators = new WeakMap<object, ValidateFunction>();

/**
 * Checks `value` against `schema`. Defaults of the schema are filled in, in place.
 *
 * @returns the same value, now typed, or every problem found (at most one per place).
 */
export function validate<S extends TSchema>(
  schema: S,
  value: unknown,
): Result<Static<S>, readonly Problem[]> {
  let validator = validators.get(schema);
  if (validator === undefined) {
    validator = ajv.compile(schema);
    validators.set(schema, validator);
  }
  if (validator(value)) return ok(value as Static<S>);
  return err(problemsFromErrors(validator.errors ?? []));
}

/** Returns `fix` as a suggestion where a known name is close to `name`, otherwise `null`. */
export function nearest(name: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = leven(name.toLowerCase(), candidate.toLowerCase(), { maxDistance: bestDistance });
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function problemsFromErrors(errors: readonly ErrorObject[]): Problem[] {
  const byPath = new Map<string, Problem>();
  for (const error of errors) {
    if (error.keyword === 'if' || error.keyword === 'anyOf' || error.keyword === 'oneOf') {
      if (errors.length > 1 && error.schemaPath.split('/').length > 2) continue;
    }
    const problem = problemFromError(error);
    if (!byPath.has(problem.path)) byPath.set(problem.path, problem);
  }
  return [...byPath.values()];
}

function problemFromError(error: ErrorObject): Problem {
  const path = dotted(error.instancePath);
  const parent = error.parentSchema as
    | { properties?: Record<string, unknown>; description?: string }
    | undefined;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params['additionalProperty']);
      const known = Object.keys(parent?.properties ?? {});
      const close = nearest(name, known);
      const hint = close === null ? `expected one of ${known.join(', ')}` : `did you mean "${close}"?`;
      return { path: joined(path, name), message: `unknown key; ${hint}` };
    }
    case 'required': {
      const name = String(error.params['missingProperty']);
      return {
        path: joined(path, name),
        message: `is missing; expected ${expectation(parent?.properties?.[name])}`,
      };
    }
    case 'enum': {
      const allowed = (error.params['allowedValues'] as readonly unknown[]).map(String);
      const close = nearest(String(error.data), allowed);
      const hint = close === null ? '' : `; did you mean "${close}"?`;
      return { path, message: `${shown(error.data)} is not allowed; expected ${allowed.join(' | ')}${hint}` };
    }
    case 'const':
      return {
        path,
        message: `${shown(error.data)} is not allowed; expected ${shown(error.params['allowedValue'])}`,
      };
    case 'pattern':
      return { path, message: `${shown(error.data)} does not have the expected form${described(parent)}` };
    default:
      return { path, message: `${shown(error.data)} ${error.message ?? 'is not valid'}${described(parent)}` };
  }
}

function described(schema: { description?: string } | undefined): string {
  return schema?.description === undefined ? '' : ` (${schema.description})`;
}

function expectation(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'a value';
  const {
    type,
    enum: allowed,
    description,
  } = schema as { type?: string; enum?: unknown[]; description?: string };
  const kind = allowed === undefined ? (type ?? 'a value') : allowed.map(String).join(' | ');
  return description === undefined ? kind : `${kind} (${description})`;
}

function dotted(instancePath: string): string {
  return instancePath.slice(1).replaceAll('~1', '/').replaceAll('~0', '~').replaceAll('/', '.');
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
