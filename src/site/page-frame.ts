// The frame of every page: its policy, where it leads, and what it was made from.

import type { MetaReport } from '../domain/supervisor.ts';
import { xmlText } from '../supervision/outside-text.ts';
import { countText, minuteText } from '../supervision/report-numbers.ts';
import { chartData, type Figure } from './chart-figure.ts';
import { code, type Html, link } from './html.ts';

/** What the state does not say of itself. */
export interface ReportFacts {
  /** Commit of the state branch that is shown; `null`: the state is no commit, or it is not known which. */
  readonly stateCommit: string | null;
  /** Address of the repository for people, `https://github.com/owner/name`; `null`: not known. */
  readonly repositoryUrl: string | null;
  /** Where a page of GitHub is beside the site, from its folder on; `null`, as without this: nowhere but at its address. */
  readonly resolveLink?: (url: string) => string | null;
}

export interface Page {
  /** Below the folder of the site, as `classes/macro.html`. */
  readonly path: string;
  readonly title: string;
  /** Heading of the page. */
  readonly heading: Html;
  /** Below the heading. */
  readonly opening: readonly Html[];
  readonly sections: readonly Html[];
  /** Every figure that is in a section. */
  readonly figures: readonly Figure[];
}

export const DATA_PATH = 'data/meta_report.json';
export const OVERVIEW_PATH = 'index.html';
export const QUALITY_PATH = 'quality.html';
export const PINK_PATH = 'pink.html';

/** Scripts and styles are files of the site. Nothing is loaded from elsewhere, and nothing is sent. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

/** By this a later run knows what it wrote itself. */
export const PAGE_MARK = '<meta name="generator" content="warden report">';

const MAIN_PAGES = [
  [OVERVIEW_PATH, 'Overview'],
  [PINK_PATH, 'PINK'],
  [QUALITY_PATH, 'Data quality'],
] as const;

/** Returns the text of a page: the same for the same content. */
export function pageHtml(page: Page, report: MetaReport | null, facts: ReportFacts): string {
  const up = page.path.includes('/') ? '../' : '';
  const hasCharts = page.figures.length > 0;
  const scripts = hasCharts
    ? `\n<link rel="stylesheet" href="${up}uplot.css">\n<script src="${up}uplot.js" defer></script>\n<script src="${up}charts.js" defer></script>`
    : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${PAGE_MARK}
<title>${xmlText(page.title)}</title>
<link rel="stylesheet" href="${up}style.css">${scripts}
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="bar">
<p class="brand">Warden</p>
<nav aria-label="Site"><ul>${MAIN_PAGES.map(([path, words]) => navItem(page, up, path, words)).join('')}</ul></nav>
<p class="clock">${report === null ? 'Nothing was judged yet' : `Evidence up to ${minuteText(report.generated_at)} UTC`}</p>
</header>
<main id="main" tabindex="-1">
<div class="opening">
<h1>${page.heading}</h1>
${page.opening.join('\n')}
</div>
${page.sections.join('\n')}
</main>
<footer class="foot">
${footer(report, facts, up)}
</footer>
${hasCharts ? `${chartData(page.figures.map(({ spec }) => spec))}\n` : ''}</body>
</html>
`;
}

function navItem(page: Page, up: string, path: string, words: string): Html {
  const here = page.path === path ? ' aria-current="page"' : '';
  return `<li><a href="${up}${path}"${here}>${words}</a></li>`;
}

function footer(report: MetaReport | null, { stateCommit, repositoryUrl }: ReportFacts, up: string): Html {
  const state: Html = stateCommit === null ? 'in no known commit' : commitHtml(stateCommit, repositoryUrl);
  const rows: readonly (readonly [string, Html])[] =
    report === null
      ? [['state', state]]
      : [
          ['state', state],
          ['settings', code(report.config_hash)],
          ['computed by', `warden ${code(report.code_version)}`],
          [
            'agents',
            `${countText(Object.keys(report.agents).length)}, classes ${countText(Object.keys(report.strategies).length)}`,
          ],
        ];
  const list = rows.map(([name, html]) => `<div><dt>${name}</dt><dd>${html}</dd></div>`);
  const data =
    report === null
      ? []
      : [
          `<p>The same rows and settings give the same figures. For programs: <a href="${up}${DATA_PATH}">${DATA_PATH}</a>. ` +
            '<code>warden explain &lt;name&gt;</code> derives any figure again from its rows.</p>',
        ];
  return [`<dl>${list.join('')}</dl>`, ...data].join('\n');
}

function commitHtml(commit: string, repositoryUrl: string | null): Html {
  const words = code(commit);
  return repositoryUrl === null ? words : link(words, `${repositoryUrl}/tree/${encodeURIComponent(commit)}`);
}
