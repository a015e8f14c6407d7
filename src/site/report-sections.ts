// The sections of the report's page: what needs a person, classes, charts, agents, divergence and gates.

import type { MetaReport, StrategyReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { cvarChartSvg, errorChartSvg, resultChartSvg } from '../supervision/chart-svg.ts';
import { gateTable } from '../supervision/gate-table.ts';
import { htmlName } from '../supervision/markdown.ts';
import { cut, xmlText } from '../supervision/outside-text.ts';
import { classesByUrgency, needsPerson, sortedEntries } from '../supervision/report-attention.ts';
import { periodsTable } from '../supervision/report-charts.ts';
import {
  agentsWithGates,
  eligibilityText,
  GATES_NOTE,
  NOTHING_NEEDED,
  unjudgedSentence,
} from '../supervision/report-markdown.ts';
import { countText } from '../supervision/report-numbers.ts';
import { periodsOf } from '../supervision/report-periods.ts';
import {
  AGENTS_NOTE,
  agentsTable,
  CLASSES_NOTE,
  classesTable,
  divergenceSentences,
  divergenceTable,
  NO_AGENT,
  NO_CLASS,
  NO_TRIGGER,
  STATISTIC_NOTE,
} from '../supervision/report-tables.ts';
import { details, type Html, paragraph, section, tableHtml } from './html.ts';

const ATTENTION_SHOWN_MAX = 50;
const CLASSES_DRAWN_MAX = 12;
const GATES_SHOWN_MAX = 100;
const NAME_SHOWN_MAX = 40;

/** A proposal that nobody can tell from the state is not known, which is not the same as none. */
const PROPOSALS_UNKNOWN =
  'Whether proposals wait for a person is not known: the state does not hold the settings of this report in a form that this version reads.';

/**
 * Returns the section of what needs a person.
 *
 * @param openVerdicts `null`: not known.
 */
export function attentionHtml(report: MetaReport, openVerdicts: readonly Verdict[] | null): Html {
  const all = needsPerson(report, openVerdicts ?? []);
  const shown = all.slice(0, ATTENTION_SHOWN_MAX).map(({ what, kind, name, why }) => {
    const urgency = what === 'KILL' || what === 'ALERT' ? 'badge urgent' : 'badge';
    const sentences = why.map((sentence) => `<li>${xmlText(sentence)}</li>`);
    return [
      '<article>',
      `<h3><span class="${urgency}">${what}</span> ${kind} ${htmlName(name)}</h3>`,
      `<ul>${sentences.join('')}</ul>`,
      '</article>',
    ].join('\n');
  });
  const more = all.length - shown.length;
  const unjudged = unjudgedSentence(report);
  return section('attention', 'What needs a person', [
    ...(all.length === 0 ? [paragraph(NOTHING_NEEDED)] : shown),
    ...(more > 0 ? [paragraph(`And ${countText(more)} more, in the tables below.`)] : []),
    ...(openVerdicts === null ? [paragraph(PROPOSALS_UNKNOWN)] : []),
    ...(unjudged === null ? [] : [paragraph(unjudged)]),
  ]);
}

export function classesHtml(report: MetaReport): Html {
  const table = classesTable(report);
  const caption = `Strategy classes by regime, judged at ${countText(report.horizon_hours)} h`;
  return section('classes', 'Classes', [
    table.rows.length === 0 ? paragraph(NO_CLASS) : tableHtml(table, caption),
    paragraph(CLASSES_NOTE),
  ]);
}

/** Returns the section of charts, or `null` where there is nothing to draw. */
export function chartsHtml(report: MetaReport): Html | null {
  const all = classesByUrgency(report);
  const drawn = all.flatMap(([name, strategy]) => chartsOfClass(name, strategy) ?? []);
  if (drawn.length === 0) return null;
  const more = drawn.length - CLASSES_DRAWN_MAX;
  return section('charts', 'Charts', [
    ...drawn.slice(0, CLASSES_DRAWN_MAX),
    ...(more > 0 ? [paragraph(`Charts of ${countText(more)} more classes are left out.`)] : []),
  ]);
}

function chartsOfClass(name: string, { cells, days }: StrategyReport): Html | null {
  const charts = [cvarChartSvg(name, cells), resultChartSvg(name, days), errorChartSvg(name, days, null)];
  const drawn = charts.filter((chart) => chart !== null);
  if (drawn.length === 0) return null;
  const caption = `Numbers of the charts of ${cut(name, NAME_SHOWN_MAX)}`;
  return [
    `<h3>${htmlName(name)}</h3>`,
    `<div class="charts">${drawn.join('')}</div>`,
    ...(days.length === 0
      ? []
      : [
          details(
            `Numbers of ${htmlName(name)} over time`,
            tableHtml(periodsTable(periodsOf(days)), caption),
          ),
        ]),
  ].join('\n');
}

export function agentsHtml(report: MetaReport): Html {
  const table = agentsTable(report);
  return section('agents', 'Agents', [
    table.rows.length === 0 ? paragraph(NO_AGENT) : tableHtml(table, 'Agents, those that diverge first'),
    paragraph(AGENTS_NOTE),
  ]);
}

export function divergenceHtml(report: MetaReport): Html {
  const table = divergenceTable(report);
  const shown =
    table.rows.length === 0
      ? [paragraph(NO_TRIGGER)]
      : [tableHtml(table, 'Triggers in ALERT, WARN or RESOLVED'), paragraph(STATISTIC_NOTE)];
  return section('divergence', 'Divergence', [...shown, ...divergenceSentences(report).map(paragraph)]);
}

export function gatesHtml(report: MetaReport, openVerdicts: readonly Verdict[]): Html {
  const shown = agentsWithGates(report, openVerdicts).slice(0, GATES_SHOWN_MAX);
  const silent = Object.keys(report.agents).length - shown.length;
  return section('gates', 'Promotion gates', [
    paragraph(GATES_NOTE),
    ...shown.map(([name, { promotion }]) =>
      details(
        `${htmlName(name)}: ${promotion.stage}, ${eligibilityText(promotion)}`,
        tableHtml(gateTable(sortedEntries(promotion.gates)), `Gates of ${cut(name, NAME_SHOWN_MAX)}`),
      ),
    ),
    ...(silent > 0
      ? [paragraph(`Gates of ${countText(silent)} more agents are in \`supervisor/promotion.json\`.`)]
      : []),
  ]);
}
