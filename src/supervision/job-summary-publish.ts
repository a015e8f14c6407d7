// What a publish did, on the page of its run: what was done at GitHub with links, what is owed, what waits, and the mails.

import { durationText } from './duration-text.ts';
import {
  counted,
  listPart,
  REASON_SHOWN_MAX,
  ROWS_SHOWN_MAX,
  summarySection,
} from './job-summary-section.ts';
import { mdFence, mdLink, mdTable, mdText } from './markdown.ts';
import { cut } from './outside-text.ts';
import { countText } from './report-numbers.ts';

interface MailFacts {
  readonly subject: string;
  readonly items: number;
}

/** What came of publishing to GitHub. */
interface GitHubFacts {
  readonly login: string;
  readonly effects: readonly { readonly text: string; readonly target: string; readonly outcome: string }[];
  readonly failed: readonly { readonly what: string; readonly error: string }[];
  readonly waiting: readonly string[];
  readonly problems: readonly string[];
  /** With a dry run: each request that would have been sent. */
  readonly operations: readonly string[];
  readonly retries: number;
  readonly waitedMs: number;
}

export interface PublishedFacts {
  /** `null`: GitHub is off. */
  readonly github: GitHubFacts | null;
  readonly mails: {
    readonly sent: readonly MailFacts[];
    readonly failed: readonly (MailFacts & { readonly error: string })[];
    readonly superseded: number;
    readonly waiting: number;
  };
  readonly dryRun: boolean;
}

/** Returns the section of a publish. */
export function publishSummary({ github, mails, dryRun }: PublishedFacts): string {
  return summarySection('Publish', [
    leadOf({ github, mails, dryRun }),
    ...(github === null ? [] : gitHubParts(github, dryRun)),
    ...mailParts(mails, dryRun),
  ]);
}

function leadOf({ github, mails, dryRun }: PublishedFacts): string {
  const told = github === null ? 0 : toldEffects(github).length;
  const owed = (github?.failed.length ?? 0) + mails.failed.length;
  const who =
    github === null ? 'GitHub is off.' : `At GitHub, as ${mdText(github.login)}: ${countText(told)} done.`;
  const sent = `Mails ${dryRun ? 'that would be sent' : 'sent'}: ${countText(mails.sent.length)}.`;
  return `${owed === 0 ? 'Nothing is owed.' : `**Still owed: ${countText(owed)}.**`} ${dryRun ? who.replace('done', 'to do') : who} ${sent}`;
}

/** What was found as it should be is no news. */
function toldEffects({ effects }: GitHubFacts): GitHubFacts['effects'] {
  return effects.filter(({ outcome }) => outcome !== 'already_done');
}

function gitHubParts(github: GitHubFacts, dryRun: boolean): (string | null)[] {
  const told = toldEffects(github);
  const shown = told.slice(0, ROWS_SHOWN_MAX);
  const more = told.length - shown.length;
  const rows = shown.map(({ text, target }) => [
    mdText(cut(text, REASON_SHOWN_MAX)),
    /^https?:\/\//.test(target) ? mdLink('open', target) : mdText(cut(target, REASON_SHOWN_MAX)),
  ]);
  const done = mdTable([dryRun ? 'would be done' : 'done', 'where'], rows, ['left', 'left']);
  const { retries, waitedMs } = github;
  return [
    listPart('The configuration on the default branch was refused', github.problems),
    listPart(
      'Still owed, the next run tries again',
      github.failed.map(({ what, error }) => cut(`${what}: ${error}`, 2 * REASON_SHOWN_MAX)),
    ),
    rows.length === 0 ? null : more > 0 ? `${done}\n\nAnd ${countText(more)} more.` : done,
    listPart('Called for and not open, on purpose', github.waiting),
    requestPart(github.operations),
    retries === 0
      ? null
      : `${counted(retries, 'request')} sent again, after waits of ${durationText(waitedMs)} in all.`,
  ];
}

function requestPart(operations: readonly string[]): string | null {
  if (operations.length === 0) return null;
  const shown = operations.slice(0, 2 * ROWS_SHOWN_MAX).map((operation) => cut(operation, REASON_SHOWN_MAX));
  const more = operations.length - shown.length;
  const lines = more > 0 ? [...shown, `… and ${countText(more)} more`] : shown;
  return `Requests that would be sent:\n\n${mdFence(lines.join('\n'), 'text')}`;
}

function mailParts(
  { sent, failed, superseded, waiting }: PublishedFacts['mails'],
  dryRun: boolean,
): (string | null)[] {
  return [
    listPart(
      'Mails that are still owed',
      failed.map((mail) => cut(`${mailLine(mail)}: ${mail.error}`, 2 * REASON_SHOWN_MAX)),
    ),
    listPart(dryRun ? 'Mails that would be sent' : 'Mails sent', sent.map(mailLine)),
    waiting === 0 ? null : `Waiting until mail is on: ${counted(waiting, 'item')}.`,
    superseded === 0
      ? null
      : `Settled without a mail, as over or older than 7 days: ${counted(superseded, 'item')}.`,
  ];
}

function mailLine({ subject, items }: MailFacts): string {
  const line = cut(subject, REASON_SHOWN_MAX);
  return items === 1 ? line : `${line} (${items} items)`;
}
