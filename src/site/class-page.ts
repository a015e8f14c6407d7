// The page of a strategy class: how it stands, its result, its tail against the limit, what was decided, and its agents.

import type { CellStatus } from '../domain/cvar.ts';
import { entryOf } from '../domain/entry-of.ts';
import type { StrategyReport } from '../domain/supervisor.ts';
import { limitRatio } from '../supervision/limit-ratio.ts';
import { htmlName } from '../supervision/markdown.ts';
import { cut, xmlText } from '../supervision/outside-text.ts';
import { sortedEntries } from '../supervision/report-attention.ts';
import { bpsText, countText, minuteText, UNKNOWN } from '../supervision/report-numbers.ts';
import { CLASSES_NOTE, classesTable } from '../supervision/report-tables.ts';
import { agentGrid } from './agent-grid.ts';
import type { Figure } from './chart-figure.ts';
import type { ChartMark } from './chart-spec.ts';
import { equityFigure, regimesFigure, tailFigure, tailHistoryFigure } from './class-figures.ts';
import { ackMarks, verdictMarks } from './decision-marks.ts';
import { badge, type Html, pairs, paragraph, section, type Tone, tableHtml } from './html.ts';
import type { Page } from './page-frame.ts';
import type { ClassTotals } from './row-totals.ts';
import { chartsSection, csvBeside, historySection, ownAttention } from './sections.ts';
import type { JudgedContent } from './site-content.ts';

const REGIMES_DRAWN_MAX = 6;
const TITLE_NAME_MAX = 60;
const TEXT_SHOWN_MAX = 300;

const CELL_TONES: Readonly<Record<CellStatus, Tone>> = {
  KILL: 'bad',
  WATCH: 'warn',
  OK: 'good',
  NO_LIMIT: 'soft',
  INSUFFICIENT: 'soft',
};

const CELL_URGENCY: readonly CellStatus[] = ['KILL', 'WATCH', 'OK', 'NO_LIMIT', 'INSUFFICIENT'];

/** Returns the most urgent status of the cells of a class as a badge, or that there is none. */
export function cellBadge({ cells }: StrategyReport): Html {
  const statuses = new Set(Object.values(cells).map(({ status }) => status));
  const worst = CELL_URGENCY.find((status) => statuses.has(status));
  return worst === undefined ? 'no rows' : badge(worst, CELL_TONES[worst]);
}

export function killListBadge(status: StrategyReport['status']): Html {
  return badge(status, status === 'DISABLED' ? 'bad' : 'good');
}

/** Returns CVaR against its limit of the current regime, else of the one that is nearest to its limit. */
export function tailWords({ cells }: StrategyReport): string {
  const all = Object.values(cells).flatMap((cell) => {
    const ratio = limitRatio(cell);
    return ratio === null ? [] : [{ isCurrent: cell.is_current, ratio }];
  });
  all.sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.ratio.value - a.ratio.value);
  return all[0]?.ratio.words ?? UNKNOWN;
}

export function classPage(content: JudgedContent, name: string, strategy: StrategyReport): Page {
  const { links, totals, report } = content;
  const of: ClassTotals = totals.classes.get(name) ?? { days: [], regimes: new Map(), tails: new Map() };
  const decisions = [
    ...verdictMarks(content.verdicts, name, ['DISABLE', 'REENABLE']),
    ...ackMarks(content.pink.acks, name),
  ];
  const results = [equityFigure('equity', of.days, 'the class', decisions), regimesFigure(of)].filter(
    isDrawn,
  );
  const tails = tailFigures(content, name, strategy, of, decisions);
  const path = links.classes.get(name) ?? '';
  const csv = csvBeside(path);
  const sections = [
    ownAttention(content, { kind: 'class', name }),
    chartsSection('result', 'Result', results),
    chartsSection('tail', 'Tail against the limit', tails),
    section('regimes-table', 'By regime', [
      tableHtml(
        classesTable({ ...report, strategies: Object.fromEntries([[name, strategy]]) }),
        `Regimes, judged at ${countText(report.horizon_hours)} h`,
      ),
      paragraph(CLASSES_NOTE),
      ...(of.days.length === 0 ? [] : [`<p>Day by day, for programs: <a href="${csv}">${csv}</a></p>`]),
    ]),
    killListSection(content, name),
    historySection(content, name, ['DISABLE', 'REENABLE']),
    section('agents', 'Agents', [agentGrid(content, strategy.agents, '../')]),
  ];
  return {
    path: `${path}.html`,
    title: `${cut(name, TITLE_NAME_MAX)} · class · Warden`,
    heading: `<span class="kind">Class</span> ${htmlName(name)}`,
    opening: [openingPairs(strategy, of)],
    sections: sections.filter((each) => each !== null),
    figures: [...results, ...tails],
  };
}

function isDrawn(figure: Figure | null): figure is Figure {
  return figure !== null;
}

function openingPairs(strategy: StrategyReport, { days }: ClassTotals): Html {
  const net = days.reduce((sum, { netBps }) => sum + netBps, 0);
  const rows = days.reduce((sum, { n }) => sum + n, 0);
  return pairs([
    ['kill list', killListBadge(strategy.status)],
    ['tail', cellBadge(strategy)],
    ['regime now', strategy.current_regime === null ? UNKNOWN : htmlName(strategy.current_regime)],
    ['CVaR 95 of its limit', tailWords(strategy)],
    ['net result', days.length === 0 ? UNKNOWN : `${bpsText(net)} bps`],
    ['rows', countText(rows)],
    ['open episode', strategy.open_episode === null ? 'none' : htmlName(strategy.open_episode)],
  ]);
}

function tailFigures(
  content: JudgedContent,
  name: string,
  strategy: StrategyReport,
  of: ClassTotals,
  decisions: readonly ChartMark[],
): Figure[] {
  const cells = [...sortedEntries(strategy.cells)].sort(
    ([, a], [, b]) => Number(b.is_current) - Number(a.is_current) || b.n - a.n,
  );
  const drawn = cells
    .slice(0, REGIMES_DRAWN_MAX)
    .map(([regime, cell], index) => tailFigure(`tail-${index}`, regime, cell, of.tails.get(regime)));
  const lines = content.cellLines.filter(({ strategy_class: of }) => of === name);
  return [...drawn, tailHistoryFigure(lines, strategy.cells, decisions)].filter(isDrawn);
}

function killListSection({ settings }: JudgedContent, name: string): Html {
  const heading = 'What the kill list says';
  if (settings === null)
    return section('kill-list', heading, [paragraph('The settings of this report are not known.')]);
  const entry = entryOf(settings.kill_list, name);
  if (entry === undefined)
    return section('kill-list', heading, [
      paragraph('The class is not in it: entries are allowed, and the default limit holds.'),
    ]);
  if (entry.status === 'ENABLED')
    return section('kill-list', heading, [paragraph('ENABLED: entries are allowed.')]);
  return section('kill-list', heading, [
    pairs([
      ['status', killListBadge('DISABLED')],
      ['since', `${minuteText(entry.since)} UTC`],
      ['episode', htmlName(entry.episode)],
    ]),
    `<p>${xmlText(cut(entry.reason, TEXT_SHOWN_MAX))}</p>`,
    `<p>Evidence: ${xmlText(cut(entry.evidence, TEXT_SHOWN_MAX))}</p>`,
  ]);
}
