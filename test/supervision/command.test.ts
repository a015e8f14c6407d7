// Commands in comments: what counts as one, how each is read, and what is said about one that is wrong.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts';
import { COMMANDS, COMMANDS_MAX, type Command, readCommands } from '../../src/supervision/command.ts';

function only(comment: string): Command {
  const [line, ...others] = readCommands(comment).lines;
  if (line === undefined || others.length > 0) throw new Error(`expected one command in ${comment}`);
  if (!line.command.ok) throw new Error(line.command.error);
  return line.command.value;
}

function problem(comment: string): string {
  const [line] = readCommands(comment).lines;
  if (line === undefined || line.command.ok) throw new Error(`expected a problem in ${comment}`);
  return line.command.error;
}

describe('a command', () => {
  it.each<[string, Command]>([
    ['/warden explain macro', { kind: 'explain', name: 'macro' }],
    ['/warden explain "mean rev"', { kind: 'explain', name: 'mean rev' }],
    ['/warden explain mean rev', { kind: 'explain', name: 'mean rev' }],
    ['/warden explain `trend|ema`', { kind: 'explain', name: 'trend|ema' }],
    ['/WARDEN Explain macro', { kind: 'explain', name: 'macro' }],
    ['/warden simulate', { kind: 'simulate', strategyClass: null, changes: [] }],
    [
      '/warden simulate macro max_cvar_sigma=3.5',
      { kind: 'simulate', strategyClass: 'macro', changes: [{ limit: 'max_cvar_sigma', value: 3.5 }] },
    ],
    [
      '/warden simulate max_cvar_sigma=3.5 max_cvar_error_bps=none',
      {
        kind: 'simulate',
        strategyClass: null,
        changes: [
          { limit: 'max_cvar_sigma', value: 3.5 },
          { limit: 'max_cvar_error_bps', value: null },
        ],
      },
    ],
    [
      '/warden simulate "a=b c" max_cvar_sigma=2',
      { kind: 'simulate', strategyClass: 'a=b c', changes: [{ limit: 'max_cvar_sigma', value: 2 }] },
    ],
    [
      '/warden snooze 7d until the exchange is back',
      { kind: 'snooze', forMs: 7 * DAY_MS, reason: 'until the exchange is back' },
    ],
    ['/warden snooze 1h x', { kind: 'snooze', forMs: HOUR_MS, reason: 'x' }],
    ['/warden snooze 90d x', { kind: 'snooze', forMs: 90 * DAY_MS, reason: 'x' }],
    ['/warden keep we know why', { kind: 'keep', reason: 'we know why' }],
    [
      '/warden disable macro it trades on stale news',
      { kind: 'disable', strategyClass: 'macro', reason: 'it trades on stale news' },
    ],
    ['/warden disable "mean rev" wrong', { kind: 'disable', strategyClass: 'mean rev', reason: 'wrong' }],
    ['/warden rerun', { kind: 'rerun' }],
    ['/warden rerun\r', { kind: 'rerun' }],
    ['/warden help', { kind: 'help' }],
    ['/warden', { kind: 'help' }],
  ])('%s is read', (comment, expected) => {
    expect(only(comment)).toEqual(expected);
  });

  it.each([
    ['/warden explian macro', 'there is no command "explian"; did you mean "explain"?'],
    ['/warden frobnicate', 'there is no command "frobnicate"; expected one of explain, simulate'],
    ['/warden explain', 'the name is missing; it is written /warden explain <class or agent>'],
    ['/warden snooze 91d x', '"91d" is no time from 1h to 90d'],
    ['/warden snooze 59m x', '"59m" is no time from 1h to 90d'],
    ['/warden snooze forever', '"forever" is no time from 1h to 90d'],
    ['/warden snooze 7d', 'the reason is missing; it is written /warden snooze 7d <reason>'],
    ['/warden keep', 'the reason is missing'],
    ['/warden disable macro', 'the reason is missing; it is written /warden disable <class> <reason>'],
    ['/warden disable', 'the name is missing'],
    ['/warden rerun please', '"please" is one word too many'],
    ['/warden simulate macro', 'no limit is given for "macro"'],
    ['/warden simulate macro max_cvar_sgima=3', 'did you mean "max_cvar_sigma"?'],
    ['/warden simulate macro max_cvar_sigma=-3', '"max_cvar_sigma=-3" is no limit'],
    ['/warden simulate macro max_cvar_sigma=0', '"max_cvar_sigma=0" is no limit'],
    ['/warden simulate macro max_cvar_sigma=1e9', '"max_cvar_sigma=1e9" is no limit'],
    ['/warden simulate max_cvar_sigma=3 max_cvar_sigma=4', 'max_cvar_sigma is given twice'],
    [`/warden keep ${'x'.repeat(501)}`, 'the reason has 501 characters; at most 500 are kept'],
    [`/warden explain ${'x'.repeat(129)}`, 'a name has at most 128 characters'],
    ['/warden explain ma\u200bcro', 'the name holds characters that cannot be seen'],
  ])('%s is answered with what was expected', (comment, expected) => {
    expect(problem(comment)).toContain(expected);
  });

  it.each([
    ['in a sentence', 'please /warden rerun'],
    ['indented', '  /warden rerun'],
    ['quoted', '> /warden rerun'],
    ['shown as quoted, since no empty line is between', '> words\n/warden rerun'],
    ['in a fence', '```\n/warden rerun\n```'],
    ['in a fence that has no end', 'words\n~~~~ sh\n/warden rerun\n~~~'],
    ['in a fence of more signs', '````\n```\n/warden rerun\n````'],
    ['hidden', '<!--\n/warden rerun\n-->'],
    ['hidden behind what was shown', 'words <!-- a --> <!--\n/warden rerun'],
    ['raw', '<PRE>\n/warden rerun\n</pre>'],
    ['of another name', '/wardens rerun'],
  ])('is none %s', (_case, comment) => {
    expect(readCommands(comment)).toEqual({ lines: [], left: 0 });
  });

  it.each([
    ['a quote and an empty line', '> words\n\n/warden rerun'],
    ['a fence', '```\nwords\n```\n/warden rerun'],
    ['what is hidden', '<!-- words -->\n/warden rerun'],
    ['code within a line', '```not a fence```\n/warden rerun'],
    ['lines that end as elsewhere', 'words\r\n/warden rerun\r\nwords'],
  ])('counts behind %s', (_case, comment) => {
    expect(only(comment)).toEqual({ kind: 'rerun' });
  });

  it('may be one of several, up to a number', () => {
    const { lines, left } = readCommands('/warden rerun\nwords\n'.repeat(COMMANDS_MAX + 2));

    expect(lines).toHaveLength(COMMANDS_MAX);
    expect(left).toBe(2);
  });

  it('is read as its own usage says', () => {
    for (const [kind, [usage]] of Object.entries(COMMANDS)) {
      const written = usage.replaceAll(/<[^>]*>|\[[^\]]*\]/g, 'macro');
      expect(only(`/warden ${written}`).kind).toBe(kind);
    }
  });

  it('never throws, and keeps what it read on one line, whatever the comment is', () => {
    const verb = fc.constantFrom(...Object.keys(COMMANDS), 'snooze 7d', 'disable "', 'simulate a');
    const tail = fc.string({ unit: 'grapheme', maxLength: 600 });
    const line = fc.tuple(verb, tail).map(([first, rest]) => `/warden ${first} ${rest}`);
    const comment = fc.array(fc.oneof(line, fc.string({ unit: 'binary' }))).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(comment, (text) => {
        const { lines } = readCommands(text);

        expect(lines.length).toBeLessThanOrEqual(COMMANDS_MAX);
        for (const { text: shown, command } of lines) {
          expect(shown).not.toMatch(/[\n\r\u2028\u202e]/);
          const said = command.ok ? JSON.stringify(command.value) : command.error;
          expect(said.length).toBeLessThan(1300);
        }
      }),
    );
  });

  it('is read in time that grows with the comment, not faster', () => {
    const comment = `${'<!--'.repeat(10_000)}\n${'`'.repeat(20_000)}\n/warden ${'"'.repeat(30_000)}`;

    expect(readCommands(comment).lines).toEqual([]);
  });
});
