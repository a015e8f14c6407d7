// How the doctor's lines are laid out: the first line, groups, long sentences, and one reason for many open questions.

import { describe, expect, it } from 'vitest';
import { doctorText } from '../../src/cli/doctor-text.ts';
import { err, ok } from '../../src/domain/result.ts';
import { diagnose } from '../../src/supervision/doctor.ts';
import { facts, OPEN_RULES } from '../supervision/doctor-facts.ts';

const UNASKED = err('GitHub was not asked');

function textOf(changes: Parameters<typeof facts>[0]): string {
  return doctorText(diagnose(facts(changes)));
}

describe('the text of the doctor', () => {
  it('says first how much is missing, what comes first, and what else there is', () => {
    expect(textOf({}).split('\n')[0]).toBe('nothing is missing');
    const one = textOf({ local: { build: 'stale' }, gitHub: { stateHead: ok(null) } });
    expect(one.split('\n')[0]).toBe('1 thing is missing (1 warning); first: state branch (state)');
    const two = textOf({ local: { build: 'absent' }, gitHub: { defaultRules: ok(OPEN_RULES) } });
    expect(two.split('\n')[0]).toBe('2 things are missing; first: dist (this machine)');
  });

  it('has each group once, in the order in which things are mended', () => {
    const headings = textOf({})
      .split('\n')
      .filter((line) => /^[a-z]/.test(line));

    expect(headings.slice(1)).toEqual(['this machine', 'repository', 'workflows', 'state']);
  });

  it('aligns what was found, and goes on below it where a sentence is long', () => {
    const text = textOf({ gitHub: { defaultRules: ok(OPEN_RULES) } });
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('  missing'));
    const column = lines[at]?.indexOf('main does not ask') ?? -1;

    expect(column).toBeGreaterThan(0);
    expect(lines[at + 1]).toMatch(new RegExp(`^ {${column}}\\S`));
    expect(lines.find((line) => line.includes('→ Settings, Rules'))?.indexOf('→')).toBe(column);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(column + 80);
  });

  it('says one reason once for three questions or more, and each of two by itself', () => {
    const many = { defaultRules: UNASKED, identity: UNASKED, repository: UNASKED };
    const few = { stateHead: UNASKED, stateRules: UNASKED };

    expect(textOf({ gitHub: many })).toMatch(/unknown {2}4 questions +GitHub was not asked\n/);
    expect(textOf({ gitHub: few }).match(/GitHub was not asked/g)).toHaveLength(2);
  });
});
