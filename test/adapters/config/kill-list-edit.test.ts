// Edits of a kill list that people wrote by hand: one class changes, and every other byte stays.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKillList } from '../../../src/adapters/config/config-files.ts';
import {
  type DisabledFacts,
  disabledClass,
  enabledClass,
} from '../../../src/adapters/config/kill-list-edit.ts';
import { assert as ensure } from '../../../src/domain/assert.ts';

const FACTS = {
  reason: 'CVaR of the shortfall 5.1 sigma, limit 4.0',
  evidence: 'a'.repeat(64),
  since: '2021-03-01T00:00:00.000Z',
  episode: 'macro/3',
} satisfies DisabledFacts;

function disabled(text: string, strategyClass = 'macro', over: Partial<DisabledFacts> = {}): string {
  const edited = disabledClass(text, strategyClass, { ...FACTS, ...over });
  ensure(edited.ok, () => (edited.ok ? '' : edited.error));
  return edited.value;
}

function enabled(text: string, strategyClass = 'macro'): string {
  const edited = enabledClass(text, strategyClass);
  ensure(edited.ok, () => (edited.ok ? '' : edited.error));
  return edited.value;
}

function listOf(text: string) {
  const read = parseKillList(text, 'kill-list.yaml');
  ensure(read.ok, 'the kill list is well');
  return read.value.killList;
}

const BLOCK = `# limits of the desk
macro: # rates and indices
  status: ENABLED # since spring
  max_cvar_sigma: 4.0

arb:
  max_cvar_sigma: 4.0
`;

describe('disabling a class', () => {
  it('writes why beside its status, and keeps every comment and limit', () => {
    expect(disabled(BLOCK)).toBe(`# limits of the desk
macro: # rates and indices
  status: DISABLED # since spring
  reason: "CVaR of the shortfall 5.1 sigma, limit 4.0"
  evidence: ${'a'.repeat(64)}
  since: "2021-03-01T00:00:00.000Z"
  episode: macro/3
  max_cvar_sigma: 4.0

arb:
  max_cvar_sigma: 4.0
`);
  });

  it('gives a class without a status one, above a comment that belongs to the limit below it', () => {
    const text = disabled('arb: # pairs\n    # of the desk\n    max_cvar_sigma: 4.0\n', 'arb');

    expect(text.split('\n').slice(0, 2)).toEqual(['arb: # pairs', '    status: DISABLED']);
    expect(text).toContain('    episode: macro/3\n    # of the desk\n    max_cvar_sigma: 4.0\n');
  });

  it.each([
    ['{ max_cvar_sigma: 4.0 } # tight', '{ status: DISABLED, reason: "r.", evidence: e, since: '],
    ['{max_cvar_sigma: 4.0}', '{status: DISABLED, reason: "r.", evidence: e, since: '],
    ['{}', '{ status: DISABLED, reason: "r.", evidence: e, since: '],
    ['{ status: "ENABLED", max_cvar_sigma: 4 }', '{ status: DISABLED, reason: "r.", evidence: e, since: '],
    ['{ # c\n  max_cvar_sigma: 4 }', '{ # c\n  status: DISABLED, reason: "r.", evidence: e, since: '],
  ])('edits a class within brackets: %s', (entry, start) => {
    const text = disabled(`macro: ${entry}\n`, 'macro', { reason: 'r.', evidence: 'e' });

    expect(text.startsWith(`macro: ${start}`)).toBe(true);
    expect(listOf(text)['macro']?.status).toBe('DISABLED');
  });

  it.each([
    [
      'after a list in blocks',
      'arb:\n   max_cvar_sigma: 4\n',
      'arb:\n   max_cvar_sigma: 4\n\nmacro:\n   status: DISABLED\n',
    ],
    [
      'after a list without a last line end',
      'arb: { max_cvar_sigma: 4 }',
      'arb: { max_cvar_sigma: 4 }\n\nmacro:\n  status: DISABLED\n',
    ],
    [
      'without a gap where there are none',
      'arb: {}\nevent: {}\n',
      'arb: {}\nevent: {}\nmacro:\n  status: DISABLED\n',
    ],
    ['as the first of an empty list', '# none\n{}\n', '# none\nmacro:\n  status: DISABLED\n'],
    [
      'within brackets',
      '{ arb: { max_cvar_sigma: 4 } }\n',
      '{ arb: { max_cvar_sigma: 4 }, macro: { status: DISABLED, ',
    ],
  ])('adds a class that has no entry %s', (_case, before, start) => {
    const text = disabled(before);

    expect(text.startsWith(start)).toBe(true);
    expect(text.endsWith('\n')).toBe(before.endsWith('\n'));
  });

  it('keeps line ends and the byte order mark of the file', () => {
    const text = disabled(`\uFEFF${BLOCK.replaceAll('\n', '\r\n')}`);

    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.charCodeAt(0)).toBe(0xfeff);
    expect(text.slice(1).replaceAll('\r\n', '\n')).toBe(disabled(BLOCK));
  });

  it('replaces the facts of an earlier episode, also those over several lines', () => {
    const text =
      'macro:\n  status: DISABLED\n  reason: >-\n    too\n    much\n\n  evidence: |\n    e\n' +
      '  since: 2021-01-01T00:00:00.000Z\n  episode: macro/2 # the second\n';

    expect(disabled(text)).toContain('episode: macro/3 # the second\n');
    expect(listOf(disabled(text))['macro']).toEqual({ status: 'DISABLED', ...FACTS });
  });

  it.each([
    ['a name with spaces', '"mean rev":\n  max_cvar_sigma: 4\n', 'mean rev'],
    ['a name that reads as a number', "'007': { max_cvar_sigma: 4 }\n", '007'],
    ['a name that is a word of YAML', 'arb: {}\n', 'true'],
    ['a name with signs of YAML', 'arb: {}\n', '- a: #b, {c}'],
    ['a name of another script', 'arb: {}\n', 'Ζεῦγος'],
  ])('takes %s', (_case, text, name) => {
    expect(listOf(disabled(text, name))[name]).toMatchObject({ status: 'DISABLED' });
  });

  it('keeps how a value is written that stays the same', () => {
    const text =
      "macro:\n  status: 'DISABLED'\n  reason: r\n  evidence: e\n  since: 2021-01-01T00:00:00.000Z\n  episode: 'macro/3'\n";

    expect(disabled(text)).toMatch(/^macro:\n {2}status: 'DISABLED'\n[\s\S]* {2}episode: 'macro\/3'\n$/);
  });

  it('is the same text where the class is disabled for these facts already', () => {
    expect(disabled(disabled(BLOCK))).toBe(disabled(BLOCK));
  });

  it.each([
    ['an anchor', 'macro: &m { max_cvar_sigma: 4 }\n', 'anchors, aliases or tags'],
    ['a tag', 'macro: !!map { max_cvar_sigma: 4 }\n', 'anchors, aliases or tags'],
    ['a file that is broken', 'macro: { max_cvar_sigma: -4 }\n', 'the file is broken'],
    ['a file that is empty', '# none\n', 'is empty'],
  ])('refuses %s', (_case, text, reason) => {
    const edited = disabledClass(text, 'macro', FACTS);

    expect(edited.ok ? '' : edited.error).toContain(reason);
  });
});

describe('enabling a class', () => {
  it('undoes disabling byte for byte', () => {
    expect(enabled(disabled(BLOCK))).toBe(BLOCK);
  });

  it('removes the facts with the comments on their lines and leaves those between', () => {
    const text =
      'macro:\n  reason: "x" # why\n  # limits\n  max_cvar_sigma: 4\n  status: DISABLED\n' +
      '  evidence: e\n  since: 2021-01-01T00:00:00.000Z\n  episode: macro/2';

    expect(enabled(text)).toBe('macro:\n  # limits\n  max_cvar_sigma: 4\n  status: ENABLED');
  });

  it.each([
    [
      '{ status: DISABLED, reason: a, evidence: b, since: "2021-01-01T00:00:00.000Z", episode: m/1 }',
      '{ status: ENABLED }',
    ],
    [
      '{ reason: a, evidence: b, since: "2021-01-01T00:00:00.000Z", episode: m/1, status: DISABLED }',
      '{ status: ENABLED }',
    ],
    [
      '{\n  status: DISABLED, # stopped\n  reason: a, # why\n  by_regime: { TREND: { max_cvar_sigma: 3 } },\n  evidence: b,\n  since: "2021-01-01T00:00:00.000Z", episode: m/1,\n  }',
      null,
    ],
  ])('removes the facts within brackets: %s', (entry, after) => {
    const text = enabled(`macro: ${entry}\n`);

    if (after !== null) expect(text).toBe(`macro: ${after}\n`);
    expect(listOf(text)['macro']).not.toHaveProperty('reason');
    if (entry.includes('# stopped')) expect(text).toContain('# stopped');
  });

  it.each([
    ['that is enabled', BLOCK, 'macro'],
    ['that has no entry', BLOCK, 'event'],
  ])('changes nothing for a class %s', (_case, text, name) => {
    expect(enabled(text, name)).toBe(text);
  });
});

const NAMES = ['macro', 'mean rev', '007', 'yes', 'a: b', "it's", 'Ζεῦγος', '#x', '1e3', 'arb-2', 'null'];
const aComment = fc.constantFrom('', ' # note', ' # a: b', '  # "quoted" {');
const aClass = fc.record({
  style: fc.constantFrom('block', 'flow'),
  status: fc.constantFrom(null, 'ENABLED', '"ENABLED"', "'ENABLED'"),
  isStatusFirst: fc.boolean(),
  sigma: fc.constantFrom('4.0', '3', '4e0'),
  regime: fc.boolean(),
  comments: fc.array(aComment, { minLength: 4, maxLength: 4 }),
  quote: fc.constantFrom('"', "'"),
});
const aFile = fc.record({
  classes: fc.dictionary(fc.constantFrom(...NAMES), aClass, { minKeys: 1, maxKeys: 4 }),
  eol: fc.constantFrom('\n', '\r\n'),
  indent: fc.constantFrom(1, 2, 4),
  hasMark: fc.boolean(),
  endsLine: fc.boolean(),
  gap: fc.boolean(),
});

type File = typeof aFile extends fc.Arbitrary<infer T> ? T : never;

function keyText(name: string, quote: string): string {
  if (/^[a-z-]+$/.test(name) && !/^(yes|null)$/.test(name)) return name;
  return quote === '"' ? JSON.stringify(name) : `'${name.replaceAll("'", "''")}'`;
}

function textOf({ classes, eol, indent, hasMark, endsLine, gap }: File): string {
  const pad = ' '.repeat(indent);
  const entries = Object.entries(classes).map(([name, shape]) => {
    const { style, status, isStatusFirst, sigma, regime, comments, quote } = shape;
    const [first = '', second = '', third = '', fourth = ''] = comments;
    const limits = [
      `max_cvar_sigma: ${sigma}`,
      ...(regime ? ['by_regime: { "TREND, up": { max_cvar_sigma: 2 } }'] : []),
    ];
    const statuses = status === null ? [] : [`status: ${status}`];
    const pairs = isStatusFirst ? [...statuses, ...limits] : [...limits, ...statuses];
    if (style === 'flow') return `${keyText(name, quote)}: { ${pairs.join(', ')} }${first}`;
    const lines = pairs.map((pair, index) => `${pad}${pair}${index === 0 ? second : third}`);
    const between = fourth === '' ? [] : [`${pad}${fourth.trim()}`];
    return [`${keyText(name, quote)}:${first}`, ...between, ...lines].join(eol);
  });
  const body = entries.join(gap ? eol + eol : eol);
  return `${hasMark ? '\uFEFF' : ''}# head${eol}${body}${endsLine ? eol : ''}`;
}

const aText = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
  fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }),
  fc.constantFrom(
    'a: b # c',
    '*x',
    '&x',
    'no',
    '~',
    '\n\n',
    ' lead',
    'trail ',
    '\u2028x',
    '\u0085',
    '\uFEFF',
  ),
);

describe('an edit of any kill list', () => {
  it('changes one class as meant, keeps all else, and is undone by the opposite edit', () => {
    fc.assert(
      fc.property(aFile, fc.constantFrom(...NAMES), aText, (file, name, reason) => {
        const text = textOf(file);
        const before = listOf(text);
        const stopped = disabled(text, name, { reason });
        const after = listOf(stopped);

        expect(after[name]).toEqual({ ...(before[name] ?? {}), ...FACTS, reason, status: 'DISABLED' });
        for (const other of Object.keys(before))
          if (other !== name) expect(after[other]).toEqual(before[other]);
        expect(disabled(stopped, name, { reason })).toBe(stopped);

        const entry = Object.hasOwn(file.classes, name) ? file.classes[name] : undefined;
        const plain = (all: string) => all.replaceAll(/status: ["']ENABLED["']/g, 'status: ENABLED');
        if (entry !== undefined && entry.status !== null)
          expect(plain(enabled(stopped, name))).toBe(plain(text));
        if (entry === undefined) expect(stopped.startsWith(text)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
