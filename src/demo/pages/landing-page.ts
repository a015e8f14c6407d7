// The page that the demo ends with: what it did, line by line, and where each of its pages is.

import type { Html } from '../../site/html.ts';
import { xmlText } from '../../supervision/outside-text.ts';
import { type PageOptions, pageHtml } from './page-frame.ts';
import { linesHtml } from './safe-html.ts';

export interface LandingLink {
  /** Address beside this page. */
  readonly href: string;
  readonly title: string;
  /** One sentence. */
  readonly words: string;
}

/** All texts are plain. */
export interface Landing {
  readonly title: string;
  /** What the demo printed, as it is. */
  readonly lines: readonly string[];
  /** By heading. */
  readonly groups: readonly { readonly heading: string; readonly links: readonly LandingLink[] }[];
}

/** Returns the page. */
export function landingPage(
  { title, lines, groups }: Landing,
  options: Pick<PageOptions, 'repository'>,
): string {
  const parts = [
    `<h1>${xmlText(title)}</h1>`,
    `<pre class="terminal" tabindex="0">${linesHtml(lines.join('\n'))}</pre>`,
    ...groups.filter(({ links }) => links.length > 0).map(groupHtml),
  ];
  return pageHtml(title, parts.join('\n'), { ...options, homePath: null, hasCharts: false });
}

function groupHtml({ heading, links }: Landing['groups'][number]): Html {
  const items = links.map(
    ({ href, title, words }) =>
      `<li><a href="${xmlText(href)}">${xmlText(title)}</a><br>${xmlText(words)}</li>`,
  );
  return `<section class="box links"><h2>${xmlText(heading)}</h2>\n<ul>\n${items.join('\n')}\n</ul>\n</section>`;
}
