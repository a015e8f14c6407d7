// The explanation as a comment, with names that try to be more than names.

import { describe, expect, it } from 'vitest';
import type { ClassExplanation } from '../../src/supervision/explain-class.ts';
import { explanationMarkdown } from '../../src/supervision/explain-markdown.ts';
import { aCell } from '../domain/record-builders.ts';
import { HOSTILE_NAMES } from './report-world.ts';

const PLACE = { stateCommit: null, at: '2026-11-21T10:00:00.000Z' };

function aClass(name: string, cells: number): ClassExplanation {
  const share = { agent: name, n: 3, n_share: 0.5, tail_weight: 1, tail_share: 1 };
  return {
    ...{ kind: 'class', name, as_of: null, horizon_hours: 24, config_hash: 'f'.repeat(64) },
    ...{ status: 'ENABLED', open_episode: `${name}/1`, current_regime: name, newest_signals: {} },
    cells: Array.from({ length: cells }, (_, index) => ({
      ...{ regime: `${name}${index}`, cell: aCell(), as_of: PLACE.at, limits: [], asymptotic90_bps: null },
      ...{ why: [`Because of ${name}.`], model_ids: [], agents: [share], tails: [], rows: [] },
    })),
    decision: [`It is ${name}.`],
    recovery: [],
    verdicts: [
      { verdict_id: 'a'.repeat(64), ts: PLACE.at, kind: 'DISABLE', episode: `${name}/1`, regime: name },
    ],
  };
}

/** Without code, in which nothing is read as anything else. */
function prose(markdown: string): string {
  return markdown
    .replaceAll(/<code>.*?<\/code>/g, '')
    .replaceAll('\\`', '')
    .replaceAll(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
}

describe('an explanation as a comment', () => {
  it.each(HOSTILE_NAMES)('shows the name %j and nothing that it could become', (name) => {
    const shown = prose(explanationMarkdown(aClass(name, 2), PLACE));

    expect(shown).not.toMatch(/<script|@\w|(?<!&)#\d|(?<!\\)\[click\]|-->|\u202e|(?<!\\)\*\*bold/);
    expect(shown.match(/<details>/g)?.length).toBe(shown.match(/<\/details>/g)?.length);
  });

  it('stays readable with more regimes than anybody looks at', () => {
    const shown = explanationMarkdown(aClass('macro', 200), PLACE);

    expect(shown).toContain('And 180 more regimes.');
    expect(shown.length).toBeLessThan(20_000);
  });

  it('names the instant where the commit is not known', () => {
    expect(explanationMarkdown(aClass('mean rev', 1), PLACE)).toContain(
      "warden explain --kind class --at 2026-11-21T10:00:00.000Z -- 'mean rev'",
    );
  });
});
