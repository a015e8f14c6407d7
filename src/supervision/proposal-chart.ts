// The charts of proposals: a tail held against its limit, gates held against theirs, and statistics of divergence against where they raise.

import type { CvarCell } from '../domain/cvar.ts';
import type { DivergenceAlert } from '../domain/divergence.ts';
import type { PromotionGate } from '../domain/supervisor.ts';
import { isRaisedBelow } from './alert-text.ts';
import { limitRatio } from './limit-ratio.ts';
import { cut } from './outside-text.ts';
import { CHART_POINTS_MAX, xychart } from './xychart.ts';

const NAME_IN_TITLE_MAX = 30;

/** Further beyond its limit than this a bar says nothing more, and would flatten the others. */
const RATIO_SHOWN_MAX = 10;

/** Returns the tail of a cell with its interval against its limit, or `null` where there is nothing to draw. */
export function tailChart(strategyClass: string, regime: string, cell: CvarCell): string | null {
  const unit = limitRatio(cell)?.unit ?? (cell.cvar95_sigma === null ? 'bps' : 'sigma');
  const isSigma = unit === 'sigma';
  const bounds = isSigma ? cell.ci90_sigma : cell.ci90;
  const { recent, threshold } = cell;
  const limit = (isSigma ? threshold?.max_cvar_sigma : threshold?.max_cvar_error_bps) ?? null;
  const bars: readonly (readonly [string, number | null])[] = [
    ['lower end', bounds?.[0] ?? null],
    ['estimate', isSigma ? cell.cvar95_sigma : cell.cvar95_error_bps],
    ['upper end', bounds?.[1] ?? null],
    ['newest rows', isSigma ? recent.cvar95_sigma : recent.cvar95_error_bps],
  ];
  const known = bars.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
  if (known.length === 0) return null;
  return xychart({
    title: `CVaR 95 of ${cut(strategyClass, NAME_IN_TITLE_MAX)} in ${cut(regime, 20)}${limit === null ? '' : ' and its limit'}`,
    labels: known.map(({ label }) => label),
    valueTitle: unit,
    series: [
      { kind: 'bar', name: 'CVaR', values: known.map(({ value }) => value) },
      ...(limit === null ? [] : [{ kind: 'line' as const, name: 'limit', values: known.map(() => limit) }]),
    ],
  });
}

/** Returns how far each gate that decides is passed, or `null` where none has a limit to divide by. */
export function gateChart(
  agent: string,
  gates: readonly (readonly [string, PromotionGate])[],
): string | null {
  const bars = gates.flatMap(([name, { value, limit, comparison }]) => {
    if (value === null || value <= 0 || limit <= 0) return [];
    const margin = comparison.startsWith('>') ? value / limit : limit / value;
    return [{ name, margin: Math.min(margin, RATIO_SHOWN_MAX) }];
  });
  const shown = bars.slice(0, CHART_POINTS_MAX);
  if (shown.length === 0) return null;
  return xychart({
    title: `Gates of ${cut(agent, NAME_IN_TITLE_MAX)}, beyond 1 is passed`,
    labels: shown.map(({ name }) => name),
    valueTitle: `times the limit, cut at ${RATIO_SHOWN_MAX}`,
    series: [
      { kind: 'bar', name: 'gate', values: shown.map(({ margin }) => margin) },
      { kind: 'line', name: 'limit', values: shown.map(() => 1) },
    ],
    horizontal: true,
  });
}

/** Returns statistics against the values at which they raise, furthest beyond first, or `null` where none is known. */
export function divergenceChart(alerts: readonly DivergenceAlert[]): string | null {
  const all = alerts.flatMap((alert) => {
    const ratio = beyondOf(alert);
    return ratio === null ? [] : [{ alert, ratio: Math.min(ratio, RATIO_SHOWN_MAX) }];
  });
  const shown = [...all].sort((a, b) => b.ratio - a.ratio).slice(0, CHART_POINTS_MAX);
  if (shown.length === 0) return null;
  return xychart({
    title: 'Statistic over its limit, beyond 1 it raises',
    labels: shown.map(({ alert }) => `${cut(alert.agent, 12)} ${alert.trigger} ${alert.horizon_hours} h`),
    valueTitle: `times the limit, cut at ${RATIO_SHOWN_MAX}`,
    series: [
      { kind: 'bar', name: 'ratio', values: shown.map(({ ratio }) => ratio) },
      { kind: 'line', name: 'limit', values: shown.map(() => 1) },
    ],
    horizontal: true,
  });
}

/** Returns how far a statistic is beyond its limit: 1 is at it. Of a probability, how many times smaller. `null`: unknown. */
function beyondOf({ trigger, statistic, limit }: DivergenceAlert): number | null {
  if (statistic === null || limit <= 0) return null;
  if (!isRaisedBelow(trigger)) return Math.max(0, statistic / limit);
  return statistic <= 0 ? RATIO_SHOWN_MAX : limit / statistic;
}
