// The list of mutants: long enough, each with its own name, and each still fits the text of the program.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Mutant, mutated, unfitting } from './mutant.ts';
import { MUTANTS } from './mutants.ts';

const ROOT = new URL('../../', import.meta.url);

const textOf = (file: string): string => readFileSync(new URL(file, ROOT), 'utf8');

describe('the mutants', () => {
  it('are sixty at least, and each has a name of its own and says what it does', () => {
    expect(MUTANTS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    for (const { why } of MUTANTS) expect(why).toMatch(/^[A-Z].*\.$/);
  });

  it('are of the kernel and of its journal', () => {
    for (const { file } of MUTANTS) expect(file).toMatch(/^src\/(kernel|adapters\/journal)\//);
  });

  it('fit the program: each has exactly one place, and changes it', () => {
    expect(unfitting(MUTANTS, textOf)).toEqual([]);
  });

  it('cannot be put where the program has changed', () => {
    const mutant: Mutant = { name: 'm', file: 'f', find: 'gone', replace: 'x', why: 'It is a test.' };
    expect(() => mutated('here', mutant)).toThrow('m: 0 places in f, expected 1');
    expect(() => mutated('gone gone', mutant)).toThrow('m: 2 places in f, expected 1');
    expect(unfitting([mutant], () => 'here')).toEqual(['m: 0 places in f, expected 1']);
    expect(unfitting([{ ...mutant, replace: 'gone' }], () => 'gone')).toEqual(['m: changes nothing in f']);
    expect(mutated('a gone b', { ...mutant, replace: "$& $'" })).toBe("a $& $' b");
  });
});
