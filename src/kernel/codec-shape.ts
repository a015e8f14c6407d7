// How plain values become JSON text and come back: small shapes that are put together, as strict in writing as in reading.

import { type Problem, shown } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';

/**
 * Both sides of one kind of value. `read` takes over what `JSON.parse` made and changes it in place where JSON knows less than we do.
 * Both throw {@link Misfit} where the value is not of this shape, which only {@link written} and {@link readFrom} catch.
 */
export interface Shape<T> {
  write(value: T): string;
  read(json: unknown): T;
}

type Fields<T> = { readonly [Name in keyof T]-?: Shape<T[Name]> };

/** A value that is not of its shape; the path grows while it is thrown through the shapes around it. */
class Misfit extends Error {
  path = '';
  readonly found: unknown;

  constructor(expected: string, found: unknown) {
    super(expected);
    this.found = found;
  }

  under(name: string): this {
    this.path = this.path === '' ? name : `${name}.${this.path}`;
    return this;
  }

  problem(): Problem {
    const found = typeof this.found === 'bigint' ? `${this.found}n` : shown(this.found);
    return { path: this.path, message: `expected ${this.message}; found ${found}` };
  }
}

/** Returns the JSON text of a value on one line, or what of it has no text that would be read back as the same. */
export function written<T>(shape: Shape<T>, value: T): Result<string, Problem> {
  try {
    return ok(shape.write(value));
  } catch (error) {
    if (error instanceof Misfit) return err(error.problem());
    throw error;
  }
}

/** Returns the value that `text` holds, or where it is not what was expected. */
export function readFrom<T>(shape: Shape<T>, text: string): Result<T, Problem> {
  try {
    return ok(shape.read(JSON.parse(text)));
  } catch (error) {
    if (error instanceof Misfit) return err(error.problem());
    if (error instanceof SyntaxError)
      return err({ path: '', message: `expected JSON; found ${shown(text)} (${error.message})` });
    throw error;
  }
}

/** A whole number that a double holds exactly. The brand of its meaning is the caller's. */
export function integer<T extends number>(): Shape<T> {
  const checked = (value: unknown): T => {
    if (!Number.isSafeInteger(value)) throw new Misfit('a whole number', value);
    return value as T;
  };
  return { write: (value) => `${checked(value)}`, read: checked };
}

/** A finite number. Its shortest decimal text is read back as the same double, and minus zero keeps its sign. */
export const real: Shape<number> = {
  write(value) {
    if (!Number.isFinite(value)) throw new Misfit('a finite number', String(value));
    return Object.is(value, -0) ? '-0' : `${value}`;
  },
  read(json) {
    if (!Number.isFinite(json)) throw new Misfit('a finite number', json);
    return json as number;
  },
};

export const flag: Shape<boolean> = {
  write(value) {
    if (typeof value !== 'boolean') throw new Misfit('true or false', value);
    return value ? 'true' : 'false';
  },
  read(json) {
    if (typeof json !== 'boolean') throw new Misfit('true or false', json);
    return json;
  },
};

/** Any text. Lone surrogates are escaped, so that the line stays valid UTF-8. */
export function text<T extends string>(): Shape<T> {
  return {
    write(value) {
      if (typeof value !== 'string') throw new Misfit('a text', value);
      return quoted(value);
    },
    read(json) {
      if (typeof json !== 'string') throw new Misfit('a text', json);
      return json as T;
    },
  };
}

/** Words of a list that is known. */
export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  const expected = words.join(' | ');
  const checked = (value: unknown): T => {
    if (!words.includes(value as T)) throw new Misfit(expected, value);
    return value as T;
  };
  return { write: (value) => `"${checked(value)}"`, read: checked };
}

const WHOLE = /^(?:0|-?[1-9]\d*)$/;

/** A BigInt as its decimal digits in quotes, since JSON's numbers are doubles elsewhere. */
export function bigInteger<T extends bigint>(): Shape<T> {
  return {
    write(value) {
      if (typeof value !== 'bigint') throw new Misfit('a whole amount', value);
      return `"${value}"`;
    },
    read(json) {
      if (typeof json !== 'string' || !WHOLE.test(json)) throw new Misfit('a whole number in quotes', json);
      return BigInt(json) as T;
    },
  };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return {
    write: (value) => (value === null ? 'null' : shape.write(value)),
    read: (json) => (json === null ? null : shape.read(json)),
  };
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  return {
    write(value) {
      if (!Array.isArray(value)) throw new Misfit('a list', value);
      let line = '[';
      for (let at = 0; at < value.length; at += 1) {
        if (at > 0) line += ',';
        line += inside(String(at), () => shape.write(value[at] as T));
      }
      return `${line}]`;
    },
    read(json) {
      if (!Array.isArray(json)) throw new Misfit('a list', json);
      for (let at = 0; at < json.length; at += 1) json[at] = inside(String(at), () => shape.read(json[at]));
      return json;
    },
  };
}

/** An object with exactly these fields, written in the order in which they are named here. */
export function record<T extends object>(fields: Fields<T>): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const shapes = names.map((name) => fields[name]);
  const heads = names.map((name, at) => `${at === 0 ? '{' : ','}"${name}":`);
  return {
    write(value) {
      let line = '';
      let at = 0;
      try {
        for (; at < shapes.length; at += 1)
          line += (heads[at] as string) + (shapes[at] as Shape<unknown>).write(value[names[at] as keyof T]);
      } catch (error) {
        throw placed(error, names[at]);
      }
      return `${line}}`;
    },
    read(json) {
      if (!isObject(json)) throw new Misfit('an object', json);
      let at = 0;
      try {
        for (; at < shapes.length; at += 1) {
          const name = names[at] as string;
          const found = json[name];
          const value = (shapes[at] as Shape<unknown>).read(found);
          if (value !== found) json[name] = value;
        }
      } catch (error) {
        throw placed(error, names[at]);
      }
      if (Object.keys(json).length !== names.length) throw surplus(json, names);
      return json as T;
    },
  };
}

/** Objects that their field `kind` tells apart. */
export function byKind<T extends { readonly kind: string }>(
  shapes: {
    readonly [Kind in T['kind']]: Shape<Extract<T, { readonly kind: Kind }>>;
  },
): Shape<T> {
  const known = new Map<unknown, Shape<T>>(Object.entries(shapes) as [string, Shape<T>][]);
  const expected = [...known.keys()].join(' | ');
  const shapeOf = (value: unknown): Shape<T> => {
    if (!isObject(value)) throw new Misfit('an object', value);
    const shape = known.get(value['kind']);
    if (shape === undefined) throw new Misfit(expected, value['kind']).under('kind');
    return shape;
  };
  return { write: (value) => shapeOf(value).write(value), read: (json) => shapeOf(json).read(json) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function surplus(json: Readonly<Record<string, unknown>>, names: readonly string[]): Misfit {
  const strange = Object.keys(json).find((key) => !names.includes(key)) ?? '';
  return new Misfit(`no field of this name, only ${names.join(', ')}`, json[strange]).under(strange);
}

function inside<T>(name: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw placed(error, name);
  }
}

function placed(error: unknown, name: string | undefined): unknown {
  return error instanceof Misfit && name !== undefined ? error.under(name) : error;
}

/** Most texts are ids, of which every character stands for itself. */
function quoted(value: string): string {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(value);
  }
  return `"${value}"`;
}
