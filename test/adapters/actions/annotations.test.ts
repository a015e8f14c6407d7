// Annotations of rejects: as many as GitHub shows, at the right place, and never a secret, a second command or a foreign path.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ANNOTATIONS_PER_LEVEL_MAX,
  type AnnotatedRejects,
  rejectAnnotations,
} from '../../../src/adapters/actions/annotations.ts';
import type { RejectPlace } from '../../../src/domain/reject.ts';
import { parsedCommand } from './parsed-command.ts';

const ENV = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: '/repo' };

function aPlace(over: Partial<RejectPlace> = {}): RejectPlace {
  const place = { file: '/repo/in/a.jsonl', line: 3, column: null };
  return { code: 'invalid_event', reason: 'score: is not a number', ...place, ...over };
}

function theRejects(over: Partial<AnnotatedRejects> = {}): AnnotatedRejects {
  const first = over.first ?? [aPlace()];
  return { level: 'error', first, total: first.length, kept: 'alpha/rejects/ingest', ...over };
}

function annotated(parts: readonly AnnotatedRejects[], env: Readonly<Record<string, string>> = ENV) {
  let text = '';
  const annotations = rejectAnnotations(env, {
    write(part) {
      text += part;
    },
  });
  for (const part of parts) annotations?.write(part);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => parsedCommand(line));
}

describe('annotations of rejects', () => {
  it('are none outside of GitHub Actions', () => {
    expect(rejectAnnotations({}, { write: () => {} })).toBeNull();
    expect(rejectAnnotations({ GITHUB_ACTIONS: 'false' }, { write: () => {} })).toBeNull();
  });

  it('name the file from the root of the repository, line, column and reason', () => {
    const syntax = aPlace({ code: 'malformed_json', line: 4, column: 12, reason: 'column 12: no' });

    expect(annotated([theRejects({ first: [aPlace(), syntax] })])).toEqual([
      {
        name: 'error',
        properties: { file: 'in/a.jsonl', line: '3', title: 'Set aside: invalid_event' },
        message: 'score: is not a number',
      },
      {
        name: 'error',
        properties: { file: 'in/a.jsonl', line: '4', col: '12', title: 'Set aside: malformed_json' },
        message: 'column 12: no',
      },
    ]);
  });

  it.each(['/elsewhere/a.jsonl', '/repo-of-others/a.jsonl', '/repo', '/repo/../a.jsonl'])(
    'say %s in the message, since it is no file of the repository',
    (file) => {
      const [only] = annotated([theRejects({ first: [aPlace({ file })] })]);

      expect(only?.properties).toEqual({ title: 'Set aside: invalid_event' });
      expect(only?.message).toBe(`${file}:3 score: is not a number`);
    },
  );

  it('say the place in the message where no workspace is known, and no line where there is none', () => {
    const [only] = annotated([theRejects({ first: [aPlace({ line: null })] })], { GITHUB_ACTIONS: 'true' });

    expect(only?.message).toBe('/repo/in/a.jsonl: score: is not a number');
  });

  it('are ten where there are ten', () => {
    const first = Array.from({ length: 10 }, (_, index) => aPlace({ line: index + 1 }));

    expect(annotated([theRejects({ first })]).map((each) => each?.properties['line'])).toEqual(
      first.map(({ line }) => String(line)),
    );
  });

  it('end with how many more there are and where, as the tenth', () => {
    const first = Array.from({ length: 10 }, (_, index) => aPlace({ line: index + 1 }));
    const all = annotated([theRejects({ first, total: 4321 })]);

    expect(all).toHaveLength(10);
    expect(all.at(-1)).toEqual({
      name: 'error',
      properties: { title: 'Set aside' },
      message: '4312 more lines were set aside; all of them are in alpha/rejects/ingest of the state',
    });
  });

  it('are written once by a run that computes again', () => {
    expect(annotated([theRejects(), theRejects(), theRejects({ level: 'warning' })])).toHaveLength(2);
  });

  it('never show a secret of the environment, in whatever part', () => {
    const env = { ...ENV, WEB_TOKEN: 'hunter2hunter2' };
    const [only] = annotated([theRejects({ first: [aPlace({ reason: 'is hunter2hunter2' })] })], env);

    expect(only?.message).toBe('is ***');
  });

  it('are commands and nothing else, ten of a level in all, for any text and any parts of a step', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n::stop-commands::x', '\u001b[2J', '%0A'),
    );
    const place = fc.record({ file: text.map((name) => `/repo/${name}`), reason: text });
    const part = fc.record({
      level: fc.constantFrom('error' as const, 'warning' as const),
      places: fc.array(place, { maxLength: 10 }),
      more: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const all = annotated(
          parts.map(({ level, places, more }) => {
            const first = places.map(({ file, reason }) => aPlace({ file, reason }));
            return theRejects({ level, first, total: first.length + more });
          }),
        );
        for (const level of ['error', 'warning'] as const) {
          const ofLevel = all.filter((each) => each?.name === level);
          const total = parts.filter((each) => each.level === level).length;
          expect(ofLevel.length).toBeLessThanOrEqual(total === 0 ? 0 : ANNOTATIONS_PER_LEVEL_MAX);
        }
        expect(all.every((each) => each?.name === 'error' || each?.name === 'warning')).toBe(true);
      }),
    );
  });
});
