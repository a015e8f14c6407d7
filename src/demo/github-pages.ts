// The pages that a person would see on GitHub, as files: every pull request with its change, talk and checks, and the dashboard.

import type { PullRequest } from '../domain/github.ts';
import type { Disk, GitHub } from '../ports.ts';
import { DASHBOARD_TITLE } from '../supervision/dashboard.ts';
import { lineDiff } from '../supervision/line-diff.ts';
import { mdFence } from '../supervision/markdown.ts';

const FOLDER = 'github';
const CHECKS = ['warden/config', 'warden/proposal'];

/**
 * Writes `github/pull-<n>.md` for every pull request and `github/dashboard.md`. What they quote is GitHub Markdown, as it is there.
 *
 * @param baseSha the commit that the pull requests were opened on
 */
export async function writePages(disk: Disk, github: GitHub, baseSha: string): Promise<void> {
  for (const pull of await github.pulls({ state: 'all' }))
    disk.replace(`${FOLDER}/pull-${pull.number}.md`, await pullPage(github, pull, baseSha));
  const dashboard = (await github.ownIssues()).find(({ title }) => title === DASHBOARD_TITLE);
  if (dashboard !== undefined)
    disk.replace(`${FOLDER}/dashboard.md`, `# ${dashboard.title}\n\n${dashboard.body}\n`);
}

async function pullPage(github: GitHub, pull: PullRequest, baseSha: string): Promise<string> {
  const { number, title, author, branch, baseBranch, labels, mergedAt, body } = pull;
  const state = mergedAt === null ? pull.state : `merged ${mergedAt}`;
  const comments = await github.comments(number);
  return `${[
    `# ${title} #${number}`,
    `${author} wants to merge \`${branch}\` into \`${baseBranch}\`: ${state}.${labels.length === 0 ? '' : ` Labels: ${labels.join(', ')}.`}`,
    ...(await checkLines(github, pull)),
    ...(await changes(github, pull, baseSha)),
    '---',
    body,
    ...comments.flatMap((comment) => ['---', `**${comment.author}** ${comment.createdAt}`, comment.body]),
  ].join('\n\n')}\n`;
}

async function checkLines(github: GitHub, { headSha }: PullRequest): Promise<string[]> {
  const lines: string[] = [];
  for (const name of CHECKS) {
    const run = (await github.checkRuns(headSha, name)).at(-1);
    if (run !== undefined) lines.push(`Check \`${name}\`: ${run.conclusion ?? run.status}, ${run.title}`);
  }
  return lines;
}

async function changes(github: GitHub, { number, headSha }: PullRequest, baseSha: string): Promise<string[]> {
  const shown: string[] = [];
  for (const { path } of await github.changedFiles(number)) {
    const [before, after] = [await github.file(path, baseSha), await github.file(path, headSha)];
    shown.push(`\`${path}\``, mdFence(lineDiff(before ?? '', after ?? ''), 'diff'));
  }
  return shown;
}
