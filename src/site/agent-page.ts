// The page of an agent: its result, its multiplier, whether what it expects comes true, whether it diverges, and its newest signals.

import type { DivergenceAlert } from '../domain/divergence.ts';
import type { ReconciledRow } from '../domain/row.ts';
import type { AgentReport } from '../domain/supervisor.ts';
import { gateTable } from '../supervision/gate-table.ts';
import { htmlName } from '../supervision/markdown.ts';
import { cut, xmlText } from '../supervision/outside-text.ts';
import { sortedEntries, worstDivergence } from '../supervision/report-attention.ts';
import { reportTable } from '../supervision/report-cells.ts';
import { eligibilityText, GATES_NOTE } from '../supervision/report-markdown.ts';
import {
  bpsText,
  brief,
  countText,
  fixed,
  minuteText,
  nEffText,
  percentText,
  sigmaText,
  UNKNOWN,
} from '../supervision/report-numbers.ts';
import { AGENTS_NOTE, STATISTIC_NOTE } from '../supervision/report-tables.ts';
import { calibrationFigure, divergenceFigures, multiplierFigure } from './agent-figures.ts';
import { STATE_TONES } from './agent-grid.ts';
import { type Calibration, calibrationOf } from './calibration.ts';
import type { Figure } from './chart-figure.ts';
import { equityFigure } from './class-figures.ts';
import { verdictMarks } from './decision-marks.ts';
import { badge, type Html, pairs, paragraph, section, tableHtml } from './html.ts';
import type { Page } from './page-frame.ts';
import { newAgentTotals } from './row-totals.ts';
import { chartsSection, csvBeside, figuresHtml, historySection, ownAttention } from './sections.ts';
import type { JudgedContent } from './site-content.ts';
import { nameLink } from './site-links.ts';

const TITLE_NAME_MAX = 60;

export function agentPage(content: JudgedContent, name: string, agent: AgentReport): Page {
  const { links, totals } = content;
  const of = totals.agents.get(name) ?? newAgentTotals();
  const results = drawn([
    equityFigure('equity', of.days, 'the agent', verdictMarks(content.verdicts, name, ['PROMOTE', 'DEMOTE'])),
  ]);
  const calibration = calibrationOf(of.pairs);
  const trust = drawn([multiplierFigure(of), calibrationFigure(calibration)]);
  const divergence = divergenceFigures(of, agent);
  const path = links.agents.get(name) ?? '';
  const csv = csvBeside(path);
  const sections = [
    ownAttention(content, { kind: 'agent', name }),
    chartsSection('result', 'Result', results),
    trustSection(trust, calibration),
    chartsSection('statistics', 'Divergence over time', divergence),
    section('triggers', 'Divergence: every trigger', [
      agent.divergence.length === 0
        ? paragraph('No signal was looked at yet.')
        : tableHtml(triggerTable(agent.divergence), 'Triggers by horizon, with their limits'),
      paragraph(STATISTIC_NOTE),
      paragraph(notesWords(agent)),
    ]),
    section('gates', 'Promotion gates', [
      paragraph(`It is ${agent.promotion.stage}, ${eligibilityText(agent.promotion)}. ${GATES_NOTE}`),
      tableHtml(gateTable(sortedEntries(agent.promotion.gates)), 'Gates of promotion'),
    ]),
    historySection(content, name, ['PROMOTE', 'DEMOTE']),
    signalsSection(of.newest, content.report.horizon_hours, csv),
  ];
  return {
    path: `${path}.html`,
    title: `${cut(name, TITLE_NAME_MAX)} · agent · Warden`,
    heading: `<span class="kind">Agent</span> ${htmlName(name)}`,
    opening: [openingPairs(content, agent), paragraph(AGENTS_NOTE)],
    sections: sections.filter((each) => each !== null),
    figures: [...results, ...trust, ...divergence],
  };
}

function drawn(figures: readonly (Figure | null)[]): Figure[] {
  return figures.filter((figure) => figure !== null);
}

function trustSection(figures: readonly Figure[], { bins, without }: Calibration): Html {
  const expecting = bins.reduce((sum, { n }) => sum + n, 0);
  const all = expecting + (without?.n ?? 0);
  return section('trust', 'Confidence and calibration', [
    ...(figures.length === 0 ? [] : [figuresHtml(figures)]),
    ...(bins.length >= 2
      ? []
      : [
          paragraph(
            `Of ${countText(all)} signals the model expected something of ${countText(expecting)}, which is too few for bins. ` +
              'Where no model with skill exists, nothing is expected.',
          ),
        ]),
  ]);
}

function openingPairs({ links }: JudgedContent, agent: AgentReport): Html {
  const { allocation, confidence, multiplier } = agent;
  const worst = worstDivergence(agent);
  const status = allocation.status === 'ENABLED' ? '' : ` (${xmlText(allocation.status)})`;
  return pairs([
    ['class', nameLink(links.classes, agent.strategy_class, '../')],
    ['stage', agent.promotion.stage],
    ['divergence', worst === null ? UNKNOWN : badge(worst.state, STATE_TONES[worst.state])],
    ['multiplier', `${fixed(multiplier, 3)}, from ${countText(confidence.n)} signals`],
    ['weight', `${fixed(allocation.weight, 3)} of ${fixed(allocation.base, 3)}${status}`],
    ['net result', `${bpsText(agent.net_pnl_sum_bps)} bps`],
    ['hit rate', percentText(agent.hit_rate)],
    ['mean size of the error', `${bpsText(agent.avg_abs_error_bps)} bps`],
    ['rows', `${countText(agent.n)}, n_eff ${nEffText(agent.n_eff)}`],
    ['model', agent.sim_version === null ? UNKNOWN : htmlName(agent.sim_version)],
  ]);
}

function triggerTable(alerts: readonly DivergenceAlert[]) {
  const head = [
    'horizon',
    'trigger',
    'state',
    'statistic now',
    'raised at',
    'since, UTC',
    'window',
    'unusable',
    'mean size of the error, bps',
    'mean error, bps',
  ];
  return reportTable(
    { head, words: ['horizon', 'trigger', 'state', 'since, UTC'], whole: 'supervisor/meta_report.json' },
    alerts.map((alert) => [
      `${alert.horizon_hours} h`,
      alert.trigger,
      alert.state === 'ALERT' || alert.state === 'WARN' ? { strong: alert.state } : alert.state,
      brief(alert.statistic),
      brief(alert.limit),
      minuteText(alert.since),
      countText(alert.window),
      countText(alert.n_unusable),
      bpsText(alert.mean_abs_error_bps),
      bpsText(alert.mean_error_bps),
    ]),
  );
}

function notesWords({ notes_divergence: notes }: AgentReport): string {
  return notes.severity === 'none'
    ? 'The thresholds of the notes would not alert. They decide nothing.'
    : `The thresholds of the notes would alert (${notes.severity}). They decide nothing.`;
}

function signalsSection(newest: readonly ReconciledRow[], horizonHours: number, csv: string): Html {
  if (newest.length === 0)
    return section('signals', 'Last signals', [paragraph('No signal was settled at the deciding horizon.')]);
  const head = [
    'signal, UTC',
    'symbol',
    'direction',
    'regime',
    'expected, bps',
    'realized, bps',
    'net, bps',
    'error, sigma',
  ];
  const table = reportTable(
    { head, words: ['signal, UTC', 'symbol', 'direction', 'regime'], whole: 'alpha/reconciled' },
    newest
      .toReversed()
      .map((row) => [
        minuteText(row.ts),
        { name: row.symbol },
        row.direction,
        { name: row.regime },
        bpsText(row.expected_pnl_bps),
        bpsText(row.realized_pnl_bps),
        bpsText(row.net_pnl_bps),
        sigmaText(row.expected_sigma_bps === null ? null : row.pnl_error_bps / row.expected_sigma_bps),
      ]),
  );
  return section('signals', 'Last signals', [
    tableHtml(table, `The newest signals that were settled at ${countText(horizonHours)} h`),
    `<p>Day by day, for programs: <a href="${csv}">${csv}</a></p>`,
  ]);
}
