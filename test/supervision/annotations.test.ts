// Remarks beside the code: on a line that is there, from the column to its end, the worst first, and never too many.

import { describe, expect, it } from 'vitest';
import { ANNOTATIONS_MAX, annotationsOf, type Remark } from '../../src/supervision/annotations.ts';

const texts = new Map([['config/kill-list.yaml', 'macro:\r\n  max_cvar_sgma: 4  \n']]);

function remark(over: Partial<Remark> = {}): Remark {
  return {
    file: 'config/kill-list.yaml',
    place: { line: 2, column: 3 },
    path: 'macro.max_cvar_sgma',
    message: 'unknown key; did you mean "max_cvar_sigma"?',
    level: 'failure',
    ...over,
  };
}

describe('annotationsOf', () => {
  it('marks a line from the column to its end', () => {
    expect(annotationsOf([remark()], texts)).toEqual([
      {
        path: 'config/kill-list.yaml',
        startLine: 2,
        endLine: 2,
        startColumn: 3,
        endColumn: 18,
        level: 'failure',
        title: 'Refused: macro.max_cvar_sgma',
        message: 'macro.max_cvar_sgma: unknown key; did you mean "max_cvar_sigma"?',
      },
    ]);
  });

  it('puts what is said of a whole file on its first line, and leaves out what is said of one that is gone', () => {
    const whole = remark({ place: null, path: '', message: 'is empty' });
    const [annotation] = annotationsOf([whole], texts);

    expect(annotation).toMatchObject({ startLine: 1, endLine: 1, title: 'Refused', message: 'is empty' });
    expect(annotation).not.toHaveProperty('startColumn');
    expect(annotationsOf([remark({ file: 'config/warden.yaml' })], texts)).toEqual([]);
  });

  it('never marks a line that is not there', () => {
    const beyond = annotationsOf([remark({ place: { line: 99, column: 7 } })], texts);
    expect(beyond).toMatchObject([{ startLine: 3, startColumn: 7, endColumn: 7 }]);
  });

  it('shows the worst first where there are too many', () => {
    const notes = Array.from({ length: 700 }, () => remark({ level: 'notice' }));
    const found = annotationsOf([...notes, remark()], texts);

    expect(found).toHaveLength(ANNOTATIONS_MAX);
    expect(found[0]?.level).toBe('failure');
  });

  it('keeps text of others on one line and within the limits of GitHub', () => {
    const [annotation] = annotationsOf(
      [remark({ path: `a\u202e\n${'x'.repeat(400)}`, message: 'y'.repeat(9000) })],
      texts,
    );

    expect(annotation?.title.length).toBeLessThanOrEqual(255);
    expect(annotation?.title).not.toMatch(/[\n\u202e]/);
    expect(annotation?.message.length).toBeLessThanOrEqual(1500);
  });
});
