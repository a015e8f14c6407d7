// The first page: what needs a person, every class and every agent at a glance, PINK and the data in one line each.

import { htmlName } from '../supervision/markdown.ts';
import { xmlText } from '../supervision/outside-text.ts';
import { classesByUrgency } from '../supervision/report-attention.ts';
import { NOTHING_NEEDED, unjudgedSentence } from '../supervision/report-markdown.ts';
import { bpsText, countText, UNKNOWN } from '../supervision/report-numbers.ts';
import { agentsByUrgency, divergenceSentences, NO_CLASS } from '../supervision/report-tables.ts';
import { agentGrid } from './agent-grid.ts';
import { cellBadge, killListBadge, tailWords } from './class-page.ts';
import { gridHtml, type Html, paragraph, section } from './html.ts';
import { OVERVIEW_PATH, type Page, PINK_PATH, QUALITY_PATH } from './page-frame.ts';
import { pinkLine } from './pink-page.ts';
import { qualityLine } from './quality-page.ts';
import { attentionArticle, attentionOf, PROPOSALS_UNKNOWN } from './sections.ts';
import type { JudgedContent, SiteContent } from './site-content.ts';
import { nameLink } from './site-links.ts';
import { sparkline } from './sparkline.ts';

const ATTENTION_SHOWN_MAX = 50;
const AGENTS_SHOWN_MAX = 500;

export function overviewPage(content: SiteContent): Page {
  const { report } = content;
  const judged = report === null ? null : { ...content, report };
  return {
    path: OVERVIEW_PATH,
    title: 'Warden report',
    heading: 'Report',
    opening: [paragraph(openingWords(content))],
    sections:
      judged === null
        ? [
            section('attention', 'What needs a person', [
              paragraph(
                'Not known: the state holds no report. `warden supervise` writes it, from the rows that `warden reconcile` settles.',
              ),
            ]),
            alsoSection(content),
          ]
        : [
            attentionSection(judged),
            alsoSection(content),
            classesSection(judged),
            section('agents', 'Agents', [
              ...agentParts(judged),
              ...divergenceSentences(judged.report).map(paragraph),
            ]),
          ],
    figures: [],
  };
}

function openingWords({ report, totals }: SiteContent): string {
  if (report === null) return 'Nothing was judged yet.';
  const [agents, classes] = [Object.keys(report.agents).length, Object.keys(report.strategies).length];
  return (
    `${countText(classes)} ${classes === 1 ? 'class' : 'classes'} and ${countText(agents)} ${agents === 1 ? 'agent' : 'agents'}, ` +
    `judged at ${countText(report.horizon_hours)} h from ${countText(totals.rows - totals.later)} rows.`
  );
}

function attentionSection(content: JudgedContent): Html {
  const all = attentionOf(content, null);
  const shown = all.slice(0, ATTENTION_SHOWN_MAX).map((each) => attentionArticle(each, content.links, ''));
  const more = all.length - shown.length;
  const unjudged = unjudgedSentence(content.report);
  return section('attention', 'What needs a person', [
    ...(all.length === 0 ? [paragraph(NOTHING_NEEDED)] : shown),
    ...(more > 0 ? [paragraph(`And ${countText(more)} more, in the tables below.`)] : []),
    ...(content.openVerdicts === null ? [paragraph(PROPOSALS_UNKNOWN)] : []),
    ...(unjudged === null ? [] : [paragraph(unjudged)]),
  ]);
}

/** The pages of all others are reached from those of their classes. */
function agentParts(content: JudgedContent): readonly Html[] {
  const all = agentsByUrgency(content.report).map(([name]) => name);
  const more = all.length - AGENTS_SHOWN_MAX;
  return [
    agentGrid(content, all.slice(0, AGENTS_SHOWN_MAX), ''),
    ...(more > 0 ? [paragraph(`And ${countText(more)} more, on the pages of their classes.`)] : []),
  ];
}

/** What has a page of its own, in one line each. */
function alsoSection(content: SiteContent): Html {
  const line = (path: string, name: string, words: string): Html =>
    `<li><a href="${path}">${name}</a>: ${xmlText(words)}.</li>`;
  return section('also', 'PINK and the data', [
    `<ul class="lines">${line(PINK_PATH, 'PINK', pinkLine(content))}${line(
      QUALITY_PATH,
      'Data quality',
      qualityLine(content.quality),
    )}</ul>`,
  ]);
}

const CLASS_COLUMNS = [
  ['class', false],
  ['kill list', false],
  ['tail', false],
  ['CVaR 95 of its limit', false],
  ['regime now', false],
  ['result so far', false],
  ['net PnL, bps', true],
  ['rows', true],
  ['agents', true],
  ['open episode', false],
] as const;

function classesSection({ report, totals, links }: JudgedContent): Html {
  const rows = classesByUrgency(report).map(([name, strategy]) => {
    const days = totals.classes.get(name)?.days ?? [];
    return [
      nameLink(links.classes, name, ''),
      killListBadge(strategy.status),
      cellBadge(strategy),
      xmlText(tailWords(strategy)),
      strategy.current_regime === null ? UNKNOWN : htmlName(strategy.current_regime),
      sparkline(days, `Result of ${name} so far`),
      days.length === 0 ? UNKNOWN : bpsText(days.reduce((sum, { netBps }) => sum + netBps, 0)),
      countText(days.reduce((sum, { n }) => sum + n, 0)),
      countText(strategy.agents.length),
      strategy.open_episode === null ? UNKNOWN : htmlName(strategy.open_episode),
    ];
  });
  if (rows.length === 0) return section('classes', 'Classes', [paragraph(NO_CLASS)]);
  return section('classes', 'Classes', [
    gridHtml(
      CLASS_COLUMNS.map(([title, isNumber]) => ({ title, isNumber })),
      rows,
      'Strategy classes, those that need a person first',
    ),
    paragraph(
      'CVaR 95 is the mean of the worst 5 % of expected minus realized, against the limit that is nearest, in the regime of now where it has one. ' +
        'Results are sums of all rows at the deciding horizon, after costs.',
    ),
  ]);
}
