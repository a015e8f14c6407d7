// Sets the stage of the demo: everything on it is the product's own, over loopback and by a clock that moves as the story goes.

import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectedGitHub } from '../../adapters/github/environment.ts';
import { type LocalGitHub, startLocalGitHub } from '../../adapters/github/local/local-github.ts';
import { createVirtualClock, type VirtualClock } from '../../adapters/github/local/virtual-clock.ts';
import { type LocalMailbox, type ReceivedMail, startMailbox } from '../../adapters/mail/local/mailbox.ts';
import { type MailSettings, mailSettingsFrom } from '../../adapters/mail/mail-settings.ts';
import { nodeDisk } from '../../adapters/state/node-disk.ts';
import { assert } from '../../domain/assert.ts';
import { AGENTS_FILE, KILL_LIST_FILE, WARDEN_FILE } from '../../domain/proposal.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Settings } from '../../domain/settings.ts';
import { DAY_MS, dayOf } from '../../domain/time.ts';
import { settingsOfTexts } from '../../jobs/config-at.ts';
import type { Disk, Log } from '../../ports.ts';
import { stateMessage } from '../../supervision/state-message.ts';
import { type DemoApp, startDemoApp } from './app.ts';
import { type Checkout, openCheckout } from './checkout.ts';
import type { DemoMail, DemoStage, PushDone } from './demo-stage.ts';
import { gitLacks } from './needs.ts';
import { connectJob, publishAsJob } from './publish-job.ts';
import { checksOf, commentsOn, issuesIn, lastSaidIn, pullsIn, shownPull } from './pull-reading.ts';
import { makeRepository, PERSON, REPOSITORY, REVIEWER } from './repository.ts';

export interface StageOptions {
  /** The demo's own folder, absolute, in which nothing is named as one of {@link STAGE_FOLDERS}. */
  readonly dir: string;
  /** Path → text of main as it begins: the four files of `config/`, comments and all. */
  readonly files: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly log: Log;
  readonly codeVersion: string;
}

/** What the stage makes in its folder: the clone, the repositories of GitHub, the mails, and what the app needs while it runs. */
export const STAGE_FOLDERS = { checkout: 'repository', github: 'github', mail: 'mail', app: 'app' } as const;

/** Longer than any demo: who signs in renews a token by a clock of its own, and the one here leaps by days. */
const TOKEN_LIFE_MS = 3660 * DAY_MS;
const SECRET_BYTES = 32;

/** No address of anybody. */
const MAIL_FROM = 'Warden <warden@strategies.invalid>';
const MAIL_TO = [PERSON, REVIEWER].map((login) => `${login}@strategies.invalid`).join(', ');

/** Tells of the runs themselves, and is not part of the state that is pushed. */
const RUNS = 'runs';

interface Parts {
  readonly options: StageOptions;
  readonly clock: VirtualClock;
  readonly github: LocalGitHub;
  readonly app: DemoApp;
  /** As whom the jobs come: the App, which has its own token there. */
  readonly job: ConnectedGitHub;
  readonly checkout: Checkout;
  readonly disk: Disk;
  readonly mailbox: LocalMailbox;
}

/**
 * Opens the stage. Equal options and equal steps leave equal commits, pull requests, comments and mails.
 *
 * @returns what this machine lacks, in one sentence with the next step; then nothing was made.
 */
export async function openStage(options: StageOptions): Promise<Result<DemoStage, string>> {
  const lacking = await gitLacks();
  if (lacking !== null) return err(lacking);
  const ends: (() => Promise<void>)[] = [];
  try {
    return ok(stageOf(await partsOf(options, ends)));
  } catch (error) {
    // What still listens would keep the process from ending.
    for (const end of ends.reverse()) await end();
    throw error;
  }
}

/** Adds to `ends` how each server is ended, as it begins. */
async function partsOf(options: StageOptions, ends: (() => Promise<void>)[]): Promise<Parts> {
  const clock = createVirtualClock(options.startMs);
  const github = await startLocalGitHub({
    dir: folderIn(options, 'github'),
    clock,
    webhookSecret: randomBytes(SECRET_BYTES).toString('hex'),
    tokenLifeMs: TOKEN_LIFE_MS,
  });
  ends.push(() => github.close());
  const mailbox = await startMailbox({
    nowMs: () => clock.nowMs(),
    keep: keepIn(nodeDisk(folderIn(options, 'mail'), { durable: false })),
  });
  ends.push(() => mailbox.close());
  makeRepository(github, options.files);
  const { log, codeVersion } = options;
  const app = await startDemoApp({ github, dir: folderIn(options, 'app'), clock, log, codeVersion });
  ends.push(() => app.stop());
  const job = await connectJob(github, REPOSITORY, { clock, log });
  const checkout = await openCheckout({
    dir: folderIn(options, 'checkout'),
    originDir: github.world.repository(REPOSITORY).git.dir,
    url: github.gitUrl(REPOSITORY),
    token: await job.token(),
    author: await job.author(),
    stateBranch: settingsOnMain(github).warden.state.branch,
    nowMs: () => clock.nowMs(),
  });
  const disk = nodeDisk(checkout.stateDir, { durable: false });
  return { options, clock, github, app, job, checkout, disk, mailbox };
}

function folderIn({ dir }: StageOptions, name: keyof typeof STAGE_FOLDERS): string {
  return join(dir, STAGE_FOLDERS[name]);
}

/** Keeps each mail as it came: `0001.eml`. */
function keepIn(disk: Disk): (mail: ReceivedMail) => void {
  let kept = 0;
  return ({ source }) => {
    kept += 1;
    disk.replace(`${String(kept).padStart(MAIL_DIGITS, '0')}.eml`, source);
  };
}

const MAIL_DIGITS = 4;

function stageOf(parts: Parts): DemoStage {
  const { options, clock, github, app, checkout, disk, mailbox } = parts;
  const { world } = github;
  const checkoutDir = folderIn(options, 'checkout');
  const repository = () => world.repository(REPOSITORY);
  /** Pull request → what was said last in it when it was merged. */
  const saidBeforeMerge = new Map<number, number>();
  return {
    ...{ repository: REPOSITORY, checkoutDir, stateDir: checkout.stateDir, disk },
    configDir: join(checkoutDir, 'config'),
    settings: () => settingsOf((path) => readFileSync(join(checkoutDir, path), 'utf8')),
    nowMs: () => clock.nowMs(),
    moveTo: (nowMs) => clock.advance(Math.max(0, nowMs - clock.nowMs())),
    async commit(message) {
      await checkout.commitState(message);
    },
    push: async () => await push(parts),
    pulls: () => pullsIn(repository()),
    async say(number, words) {
      const before = commentsOn(repository(), number).length + 1;
      world.commentAs(PERSON, REPOSITORY, number, words);
      await app.settled();
      return commentsOn(repository(), number)
        .slice(before)
        .map(({ body }) => body);
    },
    async approve(number) {
      world.reviewAs(REVIEWER, REPOSITORY, number, 'APPROVED');
      await app.settled();
    },
    async merge(number) {
      saidBeforeMerge.set(number, lastSaidIn(repository(), number));
      const commit = world.mergeAs(PERSON, REPOSITORY, number);
      await app.settled();
      await checkout.pullMain();
      return commit;
    },
    checks: (number) => checksOf(repository(), number),
    comments: (number) =>
      commentsOn(repository(), number).map(({ login, body }) => ({ author: login, body })),
    body: (number) => world.issue(REPOSITORY, number).body ?? '',
    mails: () => mailbox.mails.map(mailOf),
    pullShown: (number) => shownPull(repository(), number, saidBeforeMerge.get(number) ?? null),
    issuesShown: () => issuesIn(repository()),
    async close() {
      await app.stop();
      await Promise.all([mailbox.close(), github.close()]);
      rmSync(folderIn(options, 'app'), { recursive: true, force: true });
    },
  };
}

function settingsOf(textOf: (path: string) => string | null): Settings {
  const texts = {
    warden: textOf(WARDEN_FILE),
    agents: textOf(AGENTS_FILE),
    killList: textOf(KILL_LIST_FILE),
  };
  const read = settingsOfTexts(texts);
  assert(
    read.ok,
    () => `the configuration on main is broken: ${JSON.stringify(read.ok ? null : read.error)}`,
  );
  return read.value;
}

function settingsOnMain({ world }: LocalGitHub): Settings {
  return settingsOf((path) => world.fileText(REPOSITORY, 'main', path));
}

async function push(parts: Parts): Promise<PushDone> {
  const { options, clock, github, app, job, checkout, disk, mailbox } = parts;
  const settings = settingsOnMain(github);
  const head = (): string | null => github.world.branchSha(REPOSITORY, settings.warden.state.branch);
  const before = { ...github.counts, head: head() };
  await checkout.pushState();
  await app.settled();
  const commit = head();
  assert(commit !== null, 'the state branch is there once it was pushed');
  const nowMs = clock.nowMs();
  const { receipts, failed } = await publishAsJob(
    { github: job, disk: asPushed(disk), log: options.log },
    { ...{ nowMs, settings, stateCommit: commit, codeVersion: options.codeVersion }, mail: mailOn(mailbox) },
  );
  const counted = [{ count: receipts, noun: 'receipt', isAdded: true }];
  if (await checkout.commitState(stateMessage('publish', dayOf(nowMs), counted))) await checkout.pushState();
  await app.settled();
  // GitHub counts what a push moves as a write, and it is no request to the API.
  const pushes = (commit === before.head ? 0 : 1) + (commit === head() ? 0 : 1);
  const writes = github.counts.writes - before.writes - pushes;
  return { commit, failed, writes, requests: github.counts.reads - before.reads + writes };
}

/** GitHub is told what was pushed. */
function asPushed(disk: Disk): Disk {
  return { ...disk, list: (folder) => (folder === RUNS ? [] : disk.list(folder)) };
}

function mailOn({ url }: LocalMailbox): MailSettings {
  const settings = mailSettingsFrom({ SMTP_URL: url, MAIL_FROM, META_EMAIL_TO: MAIL_TO });
  assert(settings.ok && settings.value !== null, 'the mailbox of this machine can be written to');
  return settings.value;
}

function mailOf({ atMs, from, to, subject, text, pictures }: LocalMailbox['mails'][number]): DemoMail {
  const pngs = pictures.map(({ png }) => png);
  return { atMs, from, to, subject, text, hasChart: pngs.length > 0, pngs };
}
