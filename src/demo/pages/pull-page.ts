// A pull request as a page that shows it the way GitHub does: its state, the talk, the checks and the change.

import type { Html } from '../../site/html.ts';
import { oneLine, xmlText } from '../../supervision/outside-text.ts';
import { countText } from '../../supervision/report-numbers.ts';
import type { PullShown, ShownEvent } from '../pull-shown.ts';
import { type DiffSize, diffSize, diffTable } from './diff-html.ts';
import { githubMarkdown } from './github-markdown.ts';
import { authorHtml, avatarHtml, type PageOptions, pageHtml, timeHtml } from './page-frame.ts';
import { type IconName, icon } from './page-icons.ts';
import type { ResolveLink } from './safe-html.ts';
import { commentHtml, eventHtml, labelHtml } from './talk-html.ts';

const STATE_WORDS = { open: 'Open', closed: 'Closed', merged: 'Merged' } as const;

/** Returns the page of a pull request: the same text for the same pull request. */
export function pullPage(pull: PullShown, options: PageOptions): string {
  const { number, title, checks, files, timeline } = pull;
  const commits = timeline.filter(({ kind }) => kind === 'commit').length;
  const comments = timeline.filter(({ kind }) => kind === 'comment').length;
  const parts = [
    `<h1>${xmlText(oneLine(title))} <span class="number">#${number}</span></h1>`,
    stateLine(pull, commits),
    navigation([
      ['conversation', 'Conversation', comments],
      ['checks', 'Checks', checks.length],
      ['files', 'Files changed', files.length],
    ]),
    '<div class="columns">',
    conversation(pull, options.resolveLink),
    facts(pull),
    '</div>',
    checksSection(pull, options.resolveLink),
    filesSection(pull),
  ];
  return pageHtml(
    `${oneLine(title)} · Pull request #${number} · ${options.repository}`,
    parts.join('\n'),
    options,
  );
}

function stateLine(
  { state, author, mergedBy, mergedAt, createdAt, baseBranch, branch }: PullShown,
  commits: number,
): Html {
  const what = `${countText(commits)} commit${commits === 1 ? '' : 's'}`;
  const where = `into <code>${xmlText(baseBranch)}</code> from <code>${xmlText(oneLine(branch))}</code>`;
  const words =
    mergedAt === null
      ? `${authorHtml(author)} ${state === 'open' ? 'wants' : 'wanted'} to merge ${what} ${where}, opened ${timeHtml(createdAt)}`
      : `${mergedBy === null ? 'somebody' : authorHtml(mergedBy)} merged ${what} ${where} ${timeHtml(mergedAt)}`;
  return `<p class="status"><span class="state ${state}">${icon(state)} ${STATE_WORDS[state]}</span> <span>${words}</span></p>`;
}

function navigation(parts: readonly (readonly [id: string, words: string, count: number])[]): Html {
  const links = parts.map(
    ([id, words, count]) =>
      `<li><a href="#${id}">${words} <span class="count">${countText(count)}</span></a></li>`,
  );
  return `<nav class="tabs" aria-label="Parts of the pull request"><ul>${links.join('')}</ul></nav>`;
}

function conversation(pull: PullShown, resolveLink: ResolveLink): Html {
  const opening = { author: pull.author, at: pull.createdAt, body: pull.body };
  return [
    '<section id="conversation" class="talk" aria-labelledby="conversation-heading">',
    '<h2 id="conversation-heading" class="unseen">Conversation</h2>',
    commentHtml(opening, resolveLink),
    ...pull.timeline.map((event) => happened(event, pull, resolveLink)),
    '</section>',
  ].join('\n');
}

function happened(event: ShownEvent, { baseBranch }: PullShown, resolveLink: ResolveLink): Html {
  const { kind, body } = event;
  switch (kind) {
    case 'comment':
      return commentHtml(event, resolveLink);
    case 'commit':
      return eventHtml('commit', event, `added a commit: ${commitWords(body)}`);
    case 'review':
      return reviewHtml(event, resolveLink);
    case 'merged': {
      const commit = /^[0-9a-f]{40}$/.test(body) ? `commit <code>${body.slice(0, 7)}</code>` : 'it';
      return eventHtml('merged', event, `merged ${commit} into <code>${xmlText(baseBranch)}</code>`);
    }
    case 'closed':
      return eventHtml('closed', event, 'closed this');
  }
}

/** What GitHub itself says of a review in which the reviewer said nothing. */
const REVIEW_WITHOUT_WORDS = /^[a-z ]{1,40}$/;

function reviewHtml(event: ShownEvent, resolveLink: ResolveLink): Html {
  const { body } = event;
  if (!REVIEW_WITHOUT_WORDS.test(body))
    return `${eventHtml('neutral', event, 'reviewed')}\n${commentHtml(event, resolveLink)}`;
  return eventHtml(body.startsWith('approved') ? 'passed' : 'neutral', event, body);
}

/** The first line of a message; the others are for whoever looks at the commit. */
function commitWords(message: string): Html {
  return `<span class="message">${xmlText(oneLine(message.split('\n')[0] ?? ''))}</span>`;
}

function facts({ labels, branch, timeline }: PullShown): Html {
  const reviewers = [
    ...new Set(timeline.filter(({ kind }) => kind === 'review').map(({ author }) => author)),
  ];
  const none = '<p class="soft">None</p>';
  return [
    '<div class="facts">',
    '<h2>Reviewers</h2>',
    reviewers.length === 0
      ? none
      : `<ul>${reviewers.map((login) => `<li>${avatarHtml(login)} ${authorHtml(login)}</li>`).join('')}</ul>`,
    '<h2>Labels</h2>',
    labels.length === 0 ? none : `<ul class="labels">${labels.map(labelHtml).join('')}</ul>`,
    '<h2>Branch</h2>',
    `<p><code>${xmlText(oneLine(branch))}</code></p>`,
    '</div>',
  ].join('\n');
}

/** How a check ended: its drawing and its colour. */
const ENDED: Readonly<Record<string, IconName>> = {
  success: 'passed',
  failure: 'failed',
  timed_out: 'failed',
  action_required: 'waiting',
  pending: 'waiting',
};

function checksSection({ checks }: PullShown, resolveLink: ResolveLink): Html {
  const items = checks.map(({ name, conclusion, title, summary }) => {
    const drawing = ENDED[conclusion] ?? 'neutral';
    const line =
      `<span class="check ${drawing}">${icon(drawing)}</span> <strong>${xmlText(oneLine(name))}</strong> ` +
      `<span class="soft">${xmlText(conclusion.replaceAll('_', ' '))}</span> ${xmlText(oneLine(title))}`;
    if (summary.trim() === '') return `<li><p>${line}</p></li>`;
    return `<li><details><summary>${line}</summary>\n<div class="markdown">${githubMarkdown(summary, resolveLink)}</div></details></li>`;
  });
  return [
    '<section id="checks" class="box" aria-labelledby="checks-heading">',
    `<h2 id="checks-heading">${checksWords(checks.map(({ conclusion }) => conclusion))}</h2>`,
    ...(items.length === 0 ? [] : [`<ul class="checks">\n${items.join('\n')}\n</ul>`]),
    '</section>',
  ].join('\n');
}

function checksWords(conclusions: readonly string[]): string {
  const ended = (name: IconName): number =>
    conclusions.filter((conclusion) => (ENDED[conclusion] ?? 'neutral') === name).length;
  if (conclusions.length === 0) return 'No checks';
  if (ended('failed') > 0) return 'Some checks were not successful';
  return ended('waiting') > 0 ? 'Some checks wait for a person' : 'All checks have passed';
}

function filesSection({ files }: PullShown): Html {
  const sizes = files.map(({ diff }) => diffSize(diff));
  const sum = (side: keyof DiffSize): number => sizes.reduce((total, size) => total + size[side], 0);
  const total = { added: sum('added'), removed: sum('removed') };
  return [
    '<section id="files" aria-labelledby="files-heading">',
    `<h2 id="files-heading">Files changed ${sizeHtml(total)}</h2>`,
    ...files.map(({ path, diff }, index) =>
      [
        `<article class="box file" aria-labelledby="file-${index + 1}">`,
        `<h3 id="file-${index + 1}"><code>${xmlText(oneLine(path))}</code> ${sizeHtml(sizes[index] ?? total)}</h3>`,
        diffTable(path, diff),
        '</article>',
      ].join('\n'),
    ),
    '</section>',
  ].join('\n');
}

function sizeHtml({ added, removed }: DiffSize): Html {
  return (
    `<span class="size"><span class="plus"><span class="unseen">lines added: </span>+${countText(added)}</span> ` +
    `<span class="minus"><span class="unseen">lines removed: </span>−${countText(removed)}</span></span>`
  );
}
