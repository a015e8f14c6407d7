// pink.yaml between its sections: a feed has the section of its own kind and no other.

import { describe, expect, it } from 'vitest';
import { Pink, pinkProblems } from '../../src/domain/pink-settings.ts';
import { problemText } from '../../src/domain/problem.ts';
import { validate } from '../../src/domain/validate.ts';

function problemsOf(sections: object): readonly string[] {
  const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] }, ...sections });
  return (checked.ok ? pinkProblems(checked.value) : checked.error).map(problemText);
}

describe('the settings of PINK', () => {
  it('need nothing but the symbols that are traded', () => {
    expect(problemsOf({})).toEqual([]);
  });

  it('have every default inside a section that may be null, and null where it is left out', () => {
    const filled = (sections: object) => {
      const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] }, ...sections });
      if (!checked.ok) throw new Error(checked.error.map(problemText).join('; '));
      return checked.value;
    };
    expect(filled({}).runner.git).toBeNull();
    expect(filled({ runner: { git: null } }).runner.git).toBeNull();
    expect(filled({ runner: { git: {} } }).runner.git).toEqual({
      remote: 'origin',
      branch: 'main',
      every: '30s',
    });
    const { clickhouse, hazelcast } = filled({
      sinks: { clickhouse: { url: 'http://127.0.0.1:8123' }, hazelcast: {} },
    }).sinks;
    expect(clickhouse?.database).toBe('pink');
    expect(hazelcast?.members).toEqual(['127.0.0.1:5701']);
  });

  it.each([
    [{ feed: { kind: 'scans' } }, /^feed\.scans: is missing; feed\.kind scans needs it/],
    [{ feed: { kind: 'candles' } }, /^feed\.candles: is missing/],
    [{ feed: { kind: 'exchange' } }, /^feed\.exchange: is missing/],
    [
      { feed: { kind: 'simulated', scans: { path: '-' } } },
      /^feed\.scans: is for feed\.kind scans, and it is simulated/,
    ],
    [{ feed: { kind: 'candels' } }, /did you mean "candles"/],
    [
      { policy: { sizer: { min_leverage: 5, max_leverage: 2 } } },
      /^policy\.sizer\.min_leverage: 5 is more than max_leverage, 2/,
    ],
    [{ limits: { max_order_usd: 5 } }, /did you mean .?max_order_usdt/],
    [{ sinks: { clickhouse: { url: 'localhost' } } }, /^sinks\.clickhouse/],
  ])('refuse %j', (sections, problem) => {
    expect(problemsOf(sections)[0]).toMatch(problem);
  });
});
