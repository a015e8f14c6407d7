// The summary of a publish run for people: what was done and sent, what is still owed; with --dry-run the requests and messages themselves.

import { withNewNumbers } from '../adapters/github/preview.ts';
import type { PublishedMail, PublishReport } from '../jobs/publish.ts';
import type { GitHubDone } from './publish-github.ts';

/** Returns the summary of one run. `github`: `null` where it is off. `dryRun`: nothing was sent, so all of it is shown in full. */
export function publishText(done: PublishReport, github: GitHubDone | null, dryRun: boolean): string {
  const lines = [...(github === null ? [] : githubLines(github, dryRun)), ...mailLines(done, dryRun)];
  return lines.length === 0 ? 'nothing is owed' : lines.join('\n');
}

function githubLines(github: GitHubDone, dryRun: boolean): readonly string[] {
  const { effects, failed, waiting, problems, operations, retries, waitedMs, login } = github;
  const told = effects.filter(({ outcome }) => outcome !== 'already_done');
  const rows = [
    ...problems.map((problem) => ['refused', problem]),
    ...told.map(({ text, target }) => [dryRun ? 'would have' : 'done', withNewNumbers(`${text} ${target}`)]),
    ...waiting.map((text) => ['waiting', text]),
    ...failed.map(({ what, error }) => ['still owed', `${what}: ${error}`]),
  ];
  if (retries > 0)
    rows.push(['patience', `${retries} requests were sent again, after ${Math.ceil(waitedMs / 1000)} s`]);
  const width = Math.max(0, ...rows.map(([name]) => (name ?? '').length));
  const table = rows.map(([name, text]) => `  ${(name ?? '').padEnd(width)}  ${text}`);
  const requests = operations.map((operation) => `  ${operation}`);
  if (rows.length + requests.length === 0) return [];
  const would = requests.length === 0 ? [] : ['requests that would be sent to GitHub:', ...requests];
  return [...(rows.length === 0 ? [] : [`GitHub, as ${login}:`, ...table]), ...would];
}

function mailLines({ sent, failed, superseded, waiting }: PublishReport, dryRun: boolean): readonly string[] {
  const lines = sent.map((mail) => (dryRun ? `would be sent:\n\n${mail.text}` : `sent: ${mailLine(mail)}`));
  for (const mail of failed) lines.push(`still owed: ${mailLine(mail)}`);
  if (superseded > 0) lines.push(`settled without a mail, as over or older than 7 days: ${superseded}`);
  if (waiting > 0) lines.push(`waiting until mail is on: ${waiting}`);
  return lines;
}

function mailLine({ subject, items }: PublishedMail): string {
  return items === 1 ? subject : `${subject} (${items} items)`;
}
