// The page of the report: one HTML file without a script, which loads nothing but its own style sheet.

import type { MetaReport } from '../domain/supervisor.ts';
import type { Verdict } from '../domain/verdict.ts';
import { xmlText } from '../supervision/outside-text.ts';
import { openingLine } from '../supervision/report-markdown.ts';
import { type DataQuality, dataQualityHtml } from './data-quality.ts';
import { type Html, link, paragraph, section } from './html.ts';
import {
  agentsHtml,
  attentionHtml,
  chartsHtml,
  classesHtml,
  divergenceHtml,
  gatesHtml,
} from './report-sections.ts';

/** What the state does not say of itself. */
export interface ReportFacts {
  /** Commit of the state branch that is shown; `null`: the state is no commit, or it is not known which. */
  readonly stateCommit: string | null;
  /** Address of the repository for people, `https://github.com/owner/name`; `null`: not known. */
  readonly repositoryUrl: string | null;
}

export interface ReportContent extends ReportFacts {
  /** `null` before the first run of supervise. */
  readonly report: MetaReport | null;
  /** Proposals that the settings do not follow yet; `null`: not known. */
  readonly openVerdicts: readonly Verdict[] | null;
  readonly quality: DataQuality;
}

export const STYLE_PATH = 'style.css';
export const DATA_PATH = 'data/meta_report.json';

/** Nothing runs, nothing is loaded from elsewhere, nothing is sent. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/** Returns the page: the same text for the same content. */
export function reportPage(content: ReportContent): string {
  const sections = content.report === null ? emptySections(content) : sectionsOf(content, content.report);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Warden report</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<header>
<h1>Warden report</h1>
${paragraph(content.report === null ? 'Nothing was judged yet.' : openingLine(content.report))}
${navigation(sections)}
</header>
<main id="report" tabindex="-1">
${sections.join('\n')}
</main>
<footer>
${footer(content)}
</footer>
</body>
</html>
`;
}

function emptySections({ quality }: ReportContent): readonly Html[] {
  return [
    section('attention', 'What needs a person', [
      paragraph(
        'Not known: the state holds no report. `warden supervise` writes it, from the rows that `warden reconcile` settles.',
      ),
    ]),
    section('quality', 'Data quality', dataQualityHtml(quality)),
  ];
}

function sectionsOf({ openVerdicts, quality }: ReportContent, report: MetaReport): readonly Html[] {
  return [
    attentionHtml(report, openVerdicts),
    classesHtml(report),
    chartsHtml(report),
    agentsHtml(report),
    divergenceHtml(report),
    gatesHtml(report, openVerdicts ?? []),
    section('quality', 'Data quality', dataQualityHtml(quality)),
  ].filter((each) => each !== null);
}

/** Links to the sections, by their headings. */
function navigation(sections: readonly Html[]): Html {
  const links = sections.flatMap((each) => {
    const [, id, heading] = /<h2 id="([a-z]+)">([^<]+)<\/h2>/.exec(each) ?? [];
    return id === undefined ? [] : [`<li><a href="#${id}">${heading}</a></li>`];
  });
  return `<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>`;
}

function footer({ report, stateCommit, repositoryUrl }: ReportContent): Html {
  const facts: readonly (readonly [string, Html])[] = [
    ['state', stateCommit === null ? 'in no known commit' : commitHtml(stateCommit, repositoryUrl)],
    ...(report === null
      ? []
      : [
          ['evidence up to', code(report.generated_at ?? 'none')] as const,
          ['settings', code(report.config_hash)] as const,
          ['computed by', `warden ${code(report.code_version)}`] as const,
        ]),
  ];
  const list = facts.map(([name, html]) => `<div><dt>${name}</dt><dd>${html}</dd></div>`);
  return [
    `<dl>${list.join('')}</dl>`,
    ...(report === null
      ? []
      : [
          `<p>The same rows and settings give the same figures. For programs: <a href="${DATA_PATH}">${DATA_PATH}</a>.</p>`,
          paragraph('`warden explain <name>` derives any figure again from its rows.'),
        ]),
  ].join('\n');
}

function commitHtml(commit: string, repositoryUrl: string | null): Html {
  const words = code(commit);
  return repositoryUrl === null ? words : link(words, `${repositoryUrl}/tree/${encodeURIComponent(commit)}`);
}

function code(text: string): Html {
  return `<code>${xmlText(text)}</code>`;
}
