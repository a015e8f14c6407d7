// An issue as a page, the dashboard above all: its state, its text and what was said below it.

import { oneLine, xmlText } from '../../supervision/outside-text.ts';
import { authorHtml, type PageOptions, pageHtml, timeHtml } from './page-frame.ts';
import { icon } from './page-icons.ts';
import { commentHtml, type Said } from './talk-html.ts';

/** Instants are ISO 8601, UTC; texts are Markdown as it was written. */
export interface IssueShown {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly createdAt: string;
  readonly body: string;
  /** Oldest first. */
  readonly comments: readonly Said[];
}

/** Returns the page of an issue: the same text for the same issue. */
export function issuePage(issue: IssueShown, options: PageOptions): string {
  const { number, title, author, state, createdAt, body, comments } = issue;
  const badge = `<span class="state ${state}">${icon(state === 'open' ? 'commit' : 'passed')} ${state === 'open' ? 'Open' : 'Closed'}</span>`;
  const parts = [
    `<h1>${xmlText(oneLine(title))} <span class="number">#${number}</span></h1>`,
    `<p class="status">${badge} <span>${authorHtml(author)} opened this issue ${timeHtml(createdAt)}</span></p>`,
    '<section id="conversation" class="talk" aria-labelledby="conversation-heading">',
    '<h2 id="conversation-heading" class="unseen">Conversation</h2>',
    ...[{ author, at: createdAt, body }, ...comments].map((said) => commentHtml(said, options.resolveLink)),
    '</section>',
  ];
  return pageHtml(`${oneLine(title)} · Issue #${number} · ${options.repository}`, parts.join('\n'), options);
}
