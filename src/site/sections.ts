// Sections that several pages have: what needs a person, what was decided, and the charts beside each other.

import { canonicalJson } from '../domain/canonical.ts';
import { actionOf } from '../domain/proposal.ts';
import type { MetaReport } from '../domain/supervisor.ts';
import type { Receipt, Verdict } from '../domain/verdict.ts';
import { xmlText } from '../supervision/outside-text.ts';
import { needsPerson, verdictSentence } from '../supervision/report-attention.ts';
import { countText, minuteText } from '../supervision/report-numbers.ts';
import { type Figure, figureHtml } from './chart-figure.ts';
import { badge, gridHtml, type Html, link, paragraph, section } from './html.ts';
import type { ReportFacts } from './page-frame.ts';
import type { JudgedContent } from './site-content.ts';
import { nameLink } from './site-links.ts';

/** A proposal that nobody can tell from the state is not known, which is not the same as none. */
export const PROPOSALS_UNKNOWN =
  'Whether proposals wait for a person is not known: the state does not hold the settings of this report in a form that this version reads.';

type Attention = ReturnType<typeof needsPerson>[number];

/** Returns what needs a person about everybody, or about one class or agent, most urgent first. */
export function attentionOf(
  { report, openVerdicts }: Pick<JudgedContent, 'report' | 'openVerdicts'>,
  about: { readonly kind: Attention['kind']; readonly name: string } | null,
): readonly Attention[] {
  return needsPerson(report, openVerdicts ?? []).filter(
    ({ kind, name }) => about === null || (kind === about.kind && name === about.name),
  );
}

/** Returns one of them as an article. */
export function attentionArticle(
  { what, kind, name, why }: Attention,
  links: JudgedContent['links'],
  up: '' | '../',
): Html {
  const tone = what === 'KILL' || what === 'ALERT' ? 'bad' : 'warn';
  const pages = kind === 'class' ? links.classes : links.agents;
  const sentences = why.map((sentence) => `<li>${xmlText(sentence)}</li>`);
  return [
    '<article>',
    `<h3>${badge(what, tone)} ${kind} ${nameLink(pages, name, up)}</h3>`,
    `<ul>${sentences.join('')}</ul>`,
    '</article>',
  ].join('\n');
}

/** Returns the section of a page below the first one about what needs a person there, or `null` where nothing does. */
export function ownAttention(
  content: JudgedContent,
  about: { readonly kind: Attention['kind']; readonly name: string },
): Html | null {
  const all = attentionOf(content, about);
  if (all.length === 0) return null;
  return section(
    'attention',
    'What needs a person',
    all.map((each) => attentionArticle(each, content.links, '../')),
  );
}

/** Returns the name of the file by day that stands beside a page, `macro.csv`. */
export function csvBeside(path: string): string {
  return `${path.slice(path.indexOf('/') + 1)}.csv`;
}

/** Returns a section of charts, or `null` where none is drawn. */
export function chartsSection(id: string, heading: string, figures: readonly Figure[]): Html | null {
  if (figures.length === 0) return null;
  return section(id, heading, [figuresHtml(figures)]);
}

/** Returns charts beside each other. */
export function figuresHtml(figures: readonly Figure[]): Html {
  return `<div class="figures">${figures.map(figureHtml).join('\n')}</div>`;
}

const VERDICTS_SHOWN_MAX = 50;

/** Returns the section of what was decided about one class or agent, newest first, with the pull requests that the receipts know. */
export function historySection(
  { verdicts, receipts, facts }: Pick<JudgedContent, 'verdicts' | 'receipts' | 'facts'>,
  subject: string,
  kinds: readonly Verdict['kind'][],
): Html {
  const own = verdicts.filter((each) => each.subject === subject && kinds.includes(each.kind)).reverse();
  if (own.length === 0)
    return section('history', 'What was decided', [paragraph('Nothing was decided yet: no verdict.')]);
  const rows = own
    .slice(0, VERDICTS_SHOWN_MAX)
    .map((verdict) => [
      minuteText(verdict.ts),
      xmlText(verdict.kind),
      xmlText(verdictSentence(verdict)),
      pullLinks(verdict, receipts, facts),
    ]);
  const head = ['when, UTC', 'verdict', 'on what evidence', 'pull request'];
  const more = own.length - rows.length;
  return section('history', 'What was decided', [
    gridHtml(
      head.map((title) => ({ title, isNumber: false })),
      rows,
      'Verdicts, newest first',
    ),
    ...(more > 0 ? [paragraph(`And ${countText(more)} older ones, see \`supervisor/verdicts.jsonl\`.`)] : []),
    paragraph(
      'A pull request is known where the publish job left a receipt of it; the GitHub App leaves none.',
    ),
  ]);
}

const PULL_EFFECTS: readonly Receipt['effect'][] = [
  'open_pull_request',
  'update_pull_request',
  'close_pull_request',
];

function pullLinks(verdict: Verdict, receipts: readonly Receipt[], { resolveLink }: ReportFacts): Html {
  const targets = receipts
    .filter((receipt) => PULL_EFFECTS.includes(receipt.effect) && isOf(receipt, verdict))
    .map(({ target }) => target);
  const found = [...new Set(targets)].map((url) => {
    const words = xmlText(pullWords(url));
    const path = resolveLink?.(url) ?? null;
    // Classes and agents have their pages one folder below.
    return path === null ? link(words, url) : `<a href="../${xmlText(path)}">${words}</a>`;
  });
  return found.length === 0 ? 'no receipt' : found.join(', ');
}

/** A pull request is that of an episode: verdicts that come later in it update it. */
function isOf({ verdict_id: id, key }: Receipt, { kind, episode, verdict_id }: Verdict): boolean {
  return id === verdict_id || key.endsWith(canonicalJson([actionOf(kind), episode]).slice(1));
}

function pullWords(url: string): string {
  const number = /\/pull\/(\d+)/.exec(url)?.[1];
  return number === undefined ? 'the page' : `#${number}`;
}

/** Returns the opening of the report in short words. */
export function evidenceWords(report: MetaReport): string {
  return report.generated_at === null
    ? 'There is no evidence yet.'
    : `Evidence up to ${minuteText(report.generated_at)} UTC.`;
}
