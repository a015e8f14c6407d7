// What every page of the demo's GitHub has in common: the document around it, and what it is told of the others.

import type { Html } from '../../site/html.ts';
import { xmlText } from '../../supervision/outside-text.ts';
import { minuteText } from '../../supervision/report-numbers.ts';
import type { ResolveLink } from './safe-html.ts';

/** What a page is told beside what it shows. */
export interface PageOptions {
  /** `owner/name` of the made-up repository. */
  readonly repository: string;
  /** The page that links them all, as an address; `null`: there is none. */
  readonly homePath: string | null;
  /** Whether the files that draw charts are beside the page. */
  readonly hasCharts: boolean;
  /** Where the addresses that the texts name lead here. */
  readonly resolveLink: ResolveLink;
}

/** The files that pages load, by their names beside them. */
export const STYLE_FILE = 'pages.css';
export const CHART_LIBRARY_FILE = 'mermaid.min.js';
export const CHART_SCRIPT_FILE = 'charts.js';

/** Nothing is loaded from elsewhere and nothing is sent. The library that draws writes styles into its drawings. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'";

/** Returns a whole page. `title` is a text, `main` HTML. */
export function pageHtml(
  title: string,
  main: Html,
  { repository, homePath, hasCharts }: Omit<PageOptions, 'resolveLink'>,
): string {
  const name = xmlText(repository);
  const scripts = hasCharts
    ? [CHART_LIBRARY_FILE, CHART_SCRIPT_FILE]
        .map((file) => `<script defer src="${file}"></script>\n`)
        .join('')
    : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${xmlText(title)}</title>
<link rel="stylesheet" href="${STYLE_FILE}">
${scripts}</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top"><p>${homePath === null ? name : `<a href="${xmlText(homePath)}">${name}</a>`}</p></header>
<main id="main" tabindex="-1">
${main}
</main>
<footer><p>Written by <code>warden demo</code>: the repository and its people are made up, and what it shows was on a GitHub that ran in
one process with Warden.</p></footer>
</body>
</html>
`;
}

/** Returns an instant as GitHub would show it, to the minute and in UTC. */
export function timeHtml(iso: string): Html {
  return `<time datetime="${xmlText(iso)}">${xmlText(minuteText(iso))} UTC</time>`;
}

/** Returns a login as GitHub shows it: what an app writes is marked as such. */
export function authorHtml(login: string): Html {
  const name = login.replace(/\[bot\]$/, '');
  const bot = name === login ? '' : ' <span class="bot">bot</span>';
  return `<strong class="author">${xmlText(name)}</strong>${bot}`;
}

/** Returns the round picture of a person, or the square one of an app: the first letter on one of six colours. */
export function avatarHtml(login: string): Html {
  const isBot = login.endsWith('[bot]');
  const sum = [...login].reduce((total, sign) => total + (sign.codePointAt(0) ?? 0), 0);
  const letter = [...login][0]?.toUpperCase() ?? '?';
  return `<span class="avatar hue-${sum % 6}${isBot ? ' square' : ''}" aria-hidden="true">${xmlText(letter)}</span>`;
}
