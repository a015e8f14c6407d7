// The mail of the demo as one page: every message as it came into the mailbox, the oldest first.

import type { Html } from '../../site/html.ts';
import { oneLine, xmlText } from '../../supervision/outside-text.ts';
import { countText } from '../../supervision/report-numbers.ts';
import { type PageOptions, pageHtml, timeHtml } from './page-frame.ts';
import { linesHtml } from './safe-html.ts';

export interface MailShown {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The plain text. */
  readonly text: string;
  /** Address of its picture beside this page, and what the picture says in words; `null`: it has none. */
  readonly chart: { readonly src: string; readonly alt: string } | null;
}

/** Returns the page of all mail. */
export function mailPage(mails: readonly MailShown[], options: Omit<PageOptions, 'resolveLink'>): string {
  const count = mails.length === 1 ? '1 message' : `${countText(mails.length)} messages`;
  const parts = ['<h1>Mail</h1>', `<p class="soft">${count}, the oldest first.</p>`, ...mails.map(mailHtml)];
  return pageHtml(`Mail · ${options.repository}`, parts.join('\n'), options);
}

function mailHtml({ from, to, subject, at, text, chart }: MailShown, index: number): Html {
  const id = `mail-${index + 1}`;
  return [
    `<article class="box mail" aria-labelledby="${id}">`,
    `<h2 id="${id}">${xmlText(oneLine(subject))}</h2>`,
    `<p class="soft">${xmlText(oneLine(from))} to ${xmlText(oneLine(to))}, ${timeHtml(at)}</p>`,
    ...(chart === null
      ? []
      : [`<p><img src="${xmlText(chart.src)}" alt="${xmlText(oneLine(chart.alt))}"></p>`]),
    `<pre tabindex="0">${linesHtml(text.trimEnd())}</pre>`,
    '</article>',
  ].join('\n');
}
