// What sections of warden.yaml must not say together: each finding at its path, with the reason.

import { describe, expect, it } from 'vitest';
import { wardenProblems } from '../../../src/adapters/config/config-rules.ts';
import type { WardenConfig } from '../../../src/domain/config.ts';
import { worldConfig } from '../../jobs/supervise-world.ts';

type Sections = Pick<WardenConfig, 'confidence' | 'divergence' | 'cvar' | 'promotion' | 'watchdog' | 'state'>;
type Change = { readonly [Key in keyof Sections]?: Partial<Sections[Key]> };

function problems({ confidence, divergence, cvar, promotion, watchdog, state }: Change) {
  const config = worldConfig((shipped) => ({
    ...shipped,
    prices: { ...shipped.prices, equity: { source: 'alpaca', feed: 'iex', timeframe: '1h' } },
    confidence: { ...shipped.confidence, ...confidence },
    divergence: { ...shipped.divergence, ...divergence },
    cvar: { ...shipped.cvar, ...cvar },
    promotion: { ...shipped.promotion, ...promotion },
    watchdog: { ...shipped.watchdog, ...watchdog },
    state: { ...shipped.state, ...state },
  }));
  return wardenProblems(config);
}

const reenable = worldConfig().cvar.reenable;

describe('the days on which secrets end', () => {
  const endingOn = (day: string) =>
    wardenProblems(
      worldConfig((shipped) => ({
        ...shipped,
        prices: { ...shipped.prices, equity: { source: 'alpaca', feed: 'iex', timeframe: '1h' } },
        watchdog: { ...shipped.watchdog, secrets: { SMTP_URL: day } },
      })),
    );

  it('are days of the calendar', () => {
    expect(endingOn('2027-02-28')).toEqual([]);
    for (const day of ['2027-02-29', '2027-13-01', '0001-01-01'])
      expect(endingOn(day)).toEqual([
        { path: 'watchdog.secrets.SMTP_URL', message: `${day} is no day; expected e.g. 2027-03-01` },
      ]);
  });
});

describe('the sections of the supervisor', () => {
  it('are right as they are shipped', () => {
    expect(problems({})).toEqual([]);
  });

  it.each<[Change, path: string, words: string]>([
    [{ cvar: { horizon_hours: 12 } }, 'cvar.horizon_hours', '12 is not one of horizons_hours (1, 4, 24)'],
    [
      { confidence: { stability_boost: 0.08 } },
      'confidence.stability_boost',
      '0.08 is not below confidence.penalty_cap (0.08)',
    ],
    [{ divergence: { min_signals: 81 } }, 'divergence.min_signals', '81 is more than divergence.window (80)'],
    [
      { divergence: { resolve_after_signals: 81 } },
      'divergence.resolve_after_signals',
      '81 is more than divergence.window (80)',
    ],
    [{ cvar: { max_n_eff: 59 } }, 'cvar.max_n_eff', '59 is less than cvar.min_n_eff'],
    [
      { cvar: { reenable: { ...reenable, min_fresh_n_eff: 251 } } },
      'cvar.max_n_eff',
      '250 is less than cvar.min_n_eff or cvar.reenable.min_fresh_n_eff',
    ],
    [
      { promotion: { min_error_ratio: 1.3 } },
      'promotion.min_error_ratio',
      '1.3 is not below promotion.max_error_ratio (1.3)',
    ],
    [{ cvar: { window: '0d' } }, 'cvar.window', '0d holds no row; expected e.g. 180d'],
    [{ cvar: { window: '4000d' } }, 'cvar.window', '4000d is more than ten years'],
    [
      { cvar: { reenable: { ...reenable, cool_down: '4000d' } } },
      'cvar.reenable.cool_down',
      'more than ten years',
    ],
    [{ promotion: { telemetry_window: '4000d' } }, 'promotion.telemetry_window', 'more than ten years'],
    [{ promotion: { demote_after: '4000d' } }, 'promotion.demote_after', 'more than ten years'],
    [{ watchdog: { warn_before: '4000d' } }, 'watchdog.warn_before', 'more than ten years'],
    [{ state: { compact_after: '4000d' } }, 'state.compact_after', 'more than ten years'],
    [{ promotion: { repropose_after: '4000d' } }, 'promotion.repropose_after', 'more than ten years'],
  ])('are refused with %j', (change, path, words) => {
    const [problem, ...rest] = problems(change);

    expect(problem?.path).toBe(path);
    expect(problem?.message).toContain(words);
    expect(rest).toEqual([]);
  });

  it.each<[Change]>([
    [{ cvar: { horizon_hours: 4 } }],
    [{ divergence: { min_signals: 80, resolve_after_signals: 80 } }],
    [{ cvar: { max_n_eff: 60 } }],
    [{ cvar: { reenable: { ...reenable, cool_down: '0d' } } }],
    [{ promotion: { demote_after: '0d', repropose_after: '0d' } }],
  ])('are accepted at the edge with %j', (change) => {
    expect(problems(change)).toEqual([]);
  });

  it('name every problem at once', () => {
    expect(
      problems({ cvar: { horizon_hours: 12, window: '0d' }, divergence: { min_signals: 100 } }).map(
        ({ path }) => path,
      ),
    ).toEqual(['cvar.horizon_hours', 'divergence.min_signals', 'cvar.window']);
  });
});
