// A meta report as a busy week leaves it: breaches, alerts, disabled and unjudged classes, and agents with hostile names.

import type { CvarCell } from '../../src/domain/cvar.ts';
import type { AgentReport, ClassDay, MetaReport, StrategyReport } from '../../src/domain/supervisor.ts';
import { DAY_MS, dayOf, msFromIso } from '../../src/domain/time.ts';
import {
  aCell,
  aConfidence,
  aMetaReport,
  anAlert,
  anAllocation,
  aPromotion,
} from '../domain/record-builders.ts';

/** Names that try to leave their table, chart, element or line. */
export const HOSTILE_NAMES: readonly string[] = [
  'a|b\\|c',
  '`tick` ``two``',
  '</code></summary><script>alert(1)</script>',
  '@maintainers #123 GH-7',
  '[click](https://evil.example) www.evil.example',
  '"] --> %%{init: {"theme":"dark"}}%%',
  '```\n# Heading',
  '**bold** _it_ $x^2$ ~~no~~',
  '__proto__',
  'constructor',
  '\u202etxt.evil',
  '日本-тренд-é',
  'x'.repeat(128),
];

export function anAgent(over: Partial<AgentReport> = {}): AgentReport {
  const [agent] = Object.values(aMetaReport().agents);
  if (agent === undefined) throw new Error('the meta report of the builders has an agent');
  return { ...agent, ...over };
}

export function aQuietAgent(over: Partial<AgentReport> = {}): AgentReport {
  return anAgent({
    divergence: [anAlert({ state: 'OK', severity: 'none', action: 'NONE', since: null, statistic: 3.1 })],
    notes_divergence: { ...anAgent().notes_divergence, severity: 'none' },
    ...over,
  });
}

/** Days of exits, one a day from `from` on; the result after costs is a wave that drifts down. */
export function someDays(from: string, count: number): ClassDay[] {
  const start = msFromIso(`${from}T00:00:00.000Z`);
  return Array.from({ length: count }, (_, index) => {
    const pnl = Math.round(900 * Math.sin(index / 9) - 40);
    return {
      day: dayOf(start + index * DAY_MS),
      n: 4,
      pnl_bps: pnl,
      net_pnl_bps: pnl - 48,
      mean_abs_error_sigma: index % 11 === 0 ? null : 0.8 + (index % 7) / 10,
    };
  });
}

export function aStrategy(over: Partial<StrategyReport> = {}): StrategyReport {
  return {
    status: 'ENABLED',
    current_regime: 'TREND',
    open_episode: null,
    agents: [],
    cells: { TREND: aQuietCell() },
    days: someDays('2026-06-01', 170),
    ...over,
  };
}

export function aQuietCell(over: Partial<CvarCell> = {}): CvarCell {
  return aCell({
    status: 'OK',
    breached: [],
    cvar95_sigma: 2.4,
    ci90_sigma: [1.9, 2.8],
    cvar95_error_bps: 812.3,
    ci90: [700.2, 920.4],
    ...over,
  });
}

function hostileAgents(): Record<string, AgentReport> {
  const entries = HOSTILE_NAMES.map((name, index): [string, AgentReport] => [
    name,
    aQuietAgent({
      strategy_class: name,
      multiplier: 0.6 + index / 40,
      sim_version: name,
      promotion: aPromotion({ gates: { [name]: noted(name) } }),
      divergence: [anAlert({ agent: name, state: index % 4 === 0 ? 'WARN' : 'OK', trigger: 'scale' })],
      allocation: anAllocation({ strategy_class: name, weight: index / 100 }),
    }),
  ]);
  return Object.fromEntries(entries);
}

/** Five ordinary classes and agents. */
export function aBusyReport(over: Partial<MetaReport> = {}): MetaReport {
  return aMetaReport({
    agents: {
      'trend-ema': anAgent({ multiplier: 0.71 }),
      'pairs-btc-eth': aQuietAgent({ strategy_class: 'pairs', multiplier: 1.04, promotion: passing() }),
      'news-llm': aQuietAgent({
        strategy_class: 'news',
        n: 3,
        n_eff: 1.2,
        hit_rate: null,
        avg_abs_error_bps: null,
        multiplier: 1,
        confidence: aConfidence({ n: 0, n_eff: 0, P: null, W: 0, shrink: 0 }),
        divergence: [anAlert({ state: 'INSUFFICIENT', statistic: null, window: 3, n_eff: 1.2, since: null })],
      }),
      'fade-funding': aQuietAgent({
        strategy_class: 'carry',
        multiplier: 0.93,
        divergence: [
          anAlert({
            state: 'WARN',
            severity: 'medium',
            trigger: 'scale_window',
            statistic: 1.68,
            limit: 1.6,
          }),
          anAlert({ state: 'RESOLVED', trigger: 'hit', statistic: 0.0123, limit: 0.0005, horizon_hours: 24 }),
        ],
      }),
    },
    strategies: {
      macro: aStrategy({
        open_episode: 'macro/1',
        cells: {
          TREND: aCell(),
          RANGE: aQuietCell({ is_current: false, status: 'WATCH', cvar95_sigma: 4.2 }),
        },
      }),
      pairs: aStrategy({
        cells: { ALL: aQuietCell() },
        current_regime: 'ALL',
        days: someDays('2026-10-25', 28),
      }),
      carry: aStrategy({ status: 'DISABLED', open_episode: 'carry/2' }),
      news: aStrategy({
        current_regime: null,
        cells: {
          EVENT: aQuietCell({
            status: 'INSUFFICIENT',
            n: 3,
            n_eff: 1.2,
            n_blocks: 2,
            cvar95_sigma: null,
            ci90_sigma: null,
            cvar95_error_bps: null,
            ci90: null,
            hit_rate: null,
            notes_cvar95_error_bps: null,
            threshold: null,
          }),
        },
        days: [],
      }),
    },
    ...over,
  });
}

/** The same with classes, regimes and agents that bear hostile names. */
export function aHostileReport(): MetaReport {
  const busy = aBusyReport();
  const classes = HOSTILE_NAMES.slice(0, 8).map((name): [string, StrategyReport] => [
    name,
    aStrategy({
      current_regime: name,
      open_episode: `${name}/1`,
      cells: Object.fromEntries([[name, aCell()]]),
    }),
  ]);
  return {
    ...busy,
    agents: { ...busy.agents, ...hostileAgents() },
    strategies: { ...busy.strategies, ...Object.fromEntries(classes) },
  };
}

/** As many agents and classes as are foreseen, every one with something to tell and a long name. */
export function aHugeReport(agents: number): MetaReport {
  const name = (index: number): string => `${'長'.repeat(100)}-${index}`;
  const alerts = [1, 4, 24].flatMap((horizon_hours) =>
    (['mean', 'mean_cusum', 'scale', 'scale_window', 'hit', 'rmse', 'snapshot'] as const).map((trigger) =>
      anAlert({ horizon_hours, trigger }),
    ),
  );
  const gate = { ...passing().gates['n_eff'], pass: false, note: '長'.repeat(500) };
  const gates = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [
      `gate_${index}`,
      { value: 1, comparison: '>=', limit: 2, decides: true, ...gate } as const,
    ]),
  );
  const every = Array.from({ length: agents }, (_, index) => index);
  return aMetaReport({
    agents: Object.fromEntries(
      every.map((index) => [
        name(index),
        anAgent({ strategy_class: name(index), divergence: alerts, promotion: aPromotion({ gates }) }),
      ]),
    ),
    strategies: Object.fromEntries(
      every.map((index) => [
        name(index),
        aStrategy({
          current_regime: name(index),
          open_episode: `${name(index)}/1`,
          cells: Object.fromEntries([1, 2, 3].map((cell) => [`${name(index)}${cell}`, aCell()])),
        }),
      ]),
    ),
  });
}

function noted(note: string) {
  return { value: null, comparison: '>=', limit: 1, pass: false, decides: true, note } as const;
}

function passing() {
  return aPromotion({
    eligible: true,
    gates: {
      n_eff: { value: 81.2, comparison: '>=', limit: 60, pass: true, decides: true, note: null },
      mean_net_bound: { value: 0.0213, comparison: '>', limit: 0, pass: true, decides: true, note: null },
      pnl_sum_bps: { value: 120.5, comparison: '>', limit: 150, pass: false, decides: false, note: null },
    },
  });
}
