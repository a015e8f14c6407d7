// Writes the pages that the demo ends with: pull requests, dashboard and mail as they were, the report, PINK's status page, and the way to each.

import { join } from 'node:path';
import { nodeDisk } from '../adapters/state/node-disk.ts';
import { isoFromMs } from '../domain/time.ts';
import type { Disk } from '../ports.ts';
import { writeReport } from '../site/write-report.ts';
import { issuePage } from './pages/issue-page.ts';
import { type LandingLink, landingPage } from './pages/landing-page.ts';
import { type MailShown, mailPage } from './pages/mail-page.ts';
import { canDrawCharts, pageFiles } from './pages/page-files.ts';
import type { PageOptions } from './pages/page-frame.ts';
import { pullPage } from './pages/pull-page.ts';
import type { DemoMail, DemoStage } from './stage/demo-stage.ts';

const HOME = 'index.html';
const MAIL = 'mail.html';
const SITE = 'site';
const STATUS = 'pink';

export interface WritePagesOptions {
  /** Absolute; made where it is not there. */
  readonly dir: string;
  /** What the run prints, for the first page. */
  readonly lines: readonly string[];
  /** Commit of the state branch. */
  readonly stateCommit: string;
}

/** Returns the folder of PINK's status page among the pages, which PINK writes while it is up. */
export function statusPageIn(dir: string): string {
  return join(dir, STATUS);
}

/** Writes every page but PINK's. Equal runs give equal pages. */
export function writePages(stage: DemoStage, { dir, lines, stateCommit }: WritePagesOptions): void {
  const disk = nodeDisk(dir, { durable: false });
  const files = pageFiles();
  for (const [name, content] of files) disk.replace(name, content);
  const { repository } = stage;
  const options: PageOptions = {
    repository,
    homePath: HOME,
    hasCharts: canDrawCharts(files),
    resolveLink: (url) => pathOf(url, stage),
  };
  const pulls = stage.pulls().map(({ number, title, state }): LandingLink => {
    disk.replace(pullPath(number), pullPage(stage.pullShown(number), options));
    return { href: pullPath(number), title: `${title} #${number}`, words: `Pull request, ${state}.` };
  });
  const issues = stage.issuesShown().map((issue): LandingLink => {
    disk.replace(issuePath(issue.number), issuePage(issue, options));
    return {
      href: issuePath(issue.number),
      title: `${issue.title} #${issue.number}`,
      words: `Issue, ${issue.state}.`,
    };
  });
  disk.replace(MAIL, mailPage(mailsShown(disk, stage.mails()), options));
  writeReport(stage.disk, join(dir, SITE), {
    ...{ stateCommit, repositoryUrl: null },
    resolveLink: (url) => {
      const path = pathOf(url, stage);
      return path === null ? null : `../${path}`;
    },
  });
  const groups = [
    { heading: 'Pull requests, as GitHub shows them', links: pulls },
    { heading: 'Issues, as GitHub shows them', links: issues },
    { heading: 'What else there is to see', links: otherLinks(stage) },
  ];
  disk.replace(HOME, landingPage({ title: 'What the demo did', lines, groups }, options));
}

function otherLinks(stage: DemoStage): readonly LandingLink[] {
  return [
    {
      href: `${SITE}/index.html`,
      title: 'The report',
      words: 'Every class and agent, what needs a person first, PINK, and how good the data was.',
    },
    {
      href: `${STATUS}/index.html`,
      title: "PINK's status page",
      words: 'As it was at the end: trades, orders, its book against that of the exchange.',
    },
    { href: MAIL, title: 'Mail', words: `${stage.mails().length} messages that went out.` },
  ];
}

function pullPath(number: number): string {
  return `pull-${number}.html`;
}

function issuePath(number: number): string {
  return `issue-${number}.html`;
}

/** Pull requests and issues have pages here; whatever else a text names of GitHub has none. */
function pathOf(url: string, stage: DemoStage): string | null {
  const beside = `https://github.com/${stage.repository}/pull/1`;
  if (!URL.canParse(url, beside)) return null;
  const { pathname } = new URL(url, beside);
  const [, repository, digits] = /^\/([^/]+\/[^/]+)\/(?:pull|issues)\/(\d+)$/.exec(pathname) ?? [];
  if (repository !== stage.repository) return null;
  const number = Number(digits);
  if (stage.pulls().some((pull) => pull.number === number)) return pullPath(number);
  return stage.issuesShown().some((issue) => issue.number === number) ? issuePath(number) : null;
}

function mailsShown(disk: Disk, mails: readonly DemoMail[]): readonly MailShown[] {
  return mails.map(({ from, to, subject, atMs, text, pngs: [png] }, index) => {
    const src = `mail-${index + 1}.png`;
    if (png !== undefined) disk.replace(src, png);
    return {
      ...{ from, to: to.join(', '), subject, at: isoFromMs(atMs), text },
      chart: png === undefined ? null : { src, alt: `Chart of the message "${subject}"` },
    };
  });
}
