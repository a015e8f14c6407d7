// Which charts a mail shows: one per strategy class it is about, the first few of them.

import { entryOf } from '../domain/entry-of.ts';
import type { MetaReport, StrategyReport } from '../domain/supervisor.ts';
import { msFromIso } from '../domain/time.ts';
import { cvarChartSvg, errorChartSvg } from './chart-svg.ts';
import type { MailItem } from './outbox.ts';
import { cut } from './outside-text.ts';

/** A picture; the mail is complete without it. */
export interface MailChart {
  readonly cid: string;
  readonly svg: string;
  readonly alt: string;
}

const CHARTS_MAX = 4;
const NAME_CHARS_MAX = 60;

/** Returns the charts for the items of one mail, in their order; none of a class of which the report has nothing to draw. */
export function mailCharts(items: readonly MailItem[], report: MetaReport): MailChart[] {
  const sinceByClass = new Map<string, string | null>();
  for (const item of items) {
    const strategyClass = classOf(item, report);
    if (strategyClass === null || sinceByClass.has(strategyClass)) continue;
    sinceByClass.set(strategyClass, item.kind === 'alert' ? item.alert.since : null);
  }
  const isAboutClasses = items[0]?.kind === 'disable';
  const charts = [...sinceByClass].slice(0, CHARTS_MAX).flatMap(([strategyClass, since]) => {
    const strategy = report.strategies[strategyClass];
    if (strategy === undefined || !Object.hasOwn(report.strategies, strategyClass)) return [];
    const chart = isAboutClasses
      ? cvarChart(strategyClass, strategy)
      : errorChart(strategyClass, strategy, since);
    return chart === null ? [] : [chart];
  });
  return charts.map((chart, index) => ({ ...chart, cid: `chart-${index + 1}` }));
}

function classOf(item: MailItem, report: MetaReport): string | null {
  if (item.kind === 'disable') return item.verdict.subject;
  const { agent } = item.alert;
  return entryOf(report.agents, agent)?.strategy_class ?? null;
}

type Drawing = Omit<MailChart, 'cid'>;

function cvarChart(strategyClass: string, { cells }: StrategyReport): Drawing | null {
  const name = cut(strategyClass, NAME_CHARS_MAX);
  const svg = cvarChartSvg(strategyClass, cells);
  const alt = `Bars: CVaR 95 of the strategy class ${name} as a share of its limit, by regime.`;
  return svg === null ? null : { svg, alt };
}

function errorChart(strategyClass: string, { days }: StrategyReport, since: string | null): Drawing | null {
  const name = cut(strategyClass, NAME_CHARS_MAX);
  const svg = errorChartSvg(strategyClass, days, since === null ? null : msFromIso(since));
  const alt = `Line: mean size of the errors of the strategy class ${name} per day, in sigma of the model.`;
  return svg === null ? null : { svg, alt };
}
