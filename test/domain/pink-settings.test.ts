// pink.yaml as a whole: what it may leave out, which lengths of time it may have, and what no two of its fields may say together.

import { describe, expect, it } from 'vitest';
import { Pink, pinkProblems } from '../../src/domain/pink-settings.ts';
import { problemText } from '../../src/domain/problem.ts';
import { DURATION_PATTERN } from '../../src/domain/time.ts';
import { validate } from '../../src/domain/validate.ts';

function problemsOf(sections: object): readonly string[] {
  const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] }, ...sections });
  return (checked.ok ? pinkProblems(checked.value) : checked.error).map(problemText);
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly anyOf?: readonly Shape[];
  readonly pattern?: string;
}

/** Paths of everything in a schema that is a duration. */
function pathsOf(shape: Shape, at: string): readonly string[] {
  if (shape.pattern === DURATION_PATTERN) return [at];
  const inside = Object.entries(shape.properties ?? {}).flatMap(([key, each]) =>
    pathsOf(each, at === '' ? key : `${at}.${key}`),
  );
  return [...inside, ...(shape.anyOf ?? []).flatMap((each) => pathsOf(each, at))];
}

function place(into: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    into[key] = value;
    return;
  }
  into[key] ??= {};
  place(into[key] as Record<string, unknown>, rest, value);
}

describe('the settings of PINK', () => {
  it('name every duration that there is among those that have a range', () => {
    const durations = pathsOf(Pink as Shape, '');
    const refused = durations.filter((path) => {
      const sections: Record<string, unknown> = {};
      if (path.startsWith('feed.exchange'))
        sections['feed'] = { kind: 'exchange', exchange: { id: 'bingx' } };
      place(sections, path.split('.'), '99999999d');
      return problemsOf(sections).some((problem) => problem.startsWith(path));
    });

    expect(durations.length).toBeGreaterThan(10);
    expect(refused).toEqual(durations);
  });

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
    [{ runner: { heartbeat: '0s' } }, /^runner\.heartbeat: 0s is out of range; expected 500ms to 1d/],
    [{ runner: { stop_within: '9999999d' } }, /^runner\.stop_within: 9999999d is out of range/],
    [{ runner: { git: { every: '0ms' } } }, /^runner\.git\.every: 0ms is out of range/],
    [{ limits: { stale_mark: '9999999999999999999d' } }, /^limits\.stale_mark: .* expected 100ms to 1h/],
    [{ limits: { stale_intent: '0s' } }, /^limits\.stale_intent: 0s/],
    [{ execution: { entry_ttl: '0s' } }, /^execution\.entry_ttl: 0s/],
    [{ execution: { exit_ttl: '2h' } }, /^execution\.exit_ttl: 2h/],
    [{ feed: { stale_after: '0s' } }, /^feed\.stale_after: 0s/],
    [{ feed: { simulated: { bar: '0s' } } }, /^feed\.simulated\.bar: 0s/],
    [
      { feed: { kind: 'exchange', exchange: { id: 'bingx', quotes_every: '0s' } } },
      /^feed\.exchange\.quotes_every: 0s/,
    ],
    [{ policy: { bar: '0s' } }, /^policy\.bar: 0s/],
    [{ policy: { scan_max_age: '99999d' } }, /^policy\.scan_max_age: 99999d/],
    [{ limits: { max_daily_loss_usdt: 0.001 } }, /^limits\.max_daily_loss_usdt/],
    [{ limits: { max_order_usd: 5 } }, /did you mean .?max_order_usdt/],
    [{ sinks: { clickhouse: { url: 'localhost' } } }, /^sinks\.clickhouse/],
  ])('refuse %j', (sections, problem) => {
    expect(problemsOf(sections)[0]).toMatch(problem);
  });
});
