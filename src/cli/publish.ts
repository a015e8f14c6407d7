// `warden publish`: GitHub shows what the supervisor decided, and what nobody was told yet goes out by mail, once.

import { InvalidArgumentError } from 'commander';
import type { ConnectedGitHub } from '../adapters/github/environment.ts';
import type { MailSettings } from '../adapters/mail/mail-settings.ts';
import { ok } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { PublishReport } from '../jobs/publish.ts';
import type { Mailer } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { jobUnderLock, recordRun } from './job-setup.ts';
import { type JobOutcome, type Refusal, refusal, refusedJob, report } from './outcome.ts';
import type { Frame } from './program.ts';
import type { GitHubDone } from './publish-github.ts';
import { settingsInForce } from './settings.ts';

interface PublishCliOptions {
  readonly stateCommit?: string;
}

const ENVIRONMENT = `
Environment:
  GITHUB_REPOSITORY with GITHUB_TOKEN, or with WARDEN_APP_ID and
  WARDEN_APP_PRIVATE_KEY: turns GitHub on (docs/deploy.md)
  SMTP_URL, MAIL_FROM, META_EMAIL_TO: turns mail on (docs/mail.md)`;

/** Adds the command to the frame. */
export function registerPublish(frame: Frame): void {
  frame
    .command({
      usage: 'publish',
      summary:
        'Make GitHub show what was decided, and send the mail that is owed about alerts and proposals to disable a class',
      example: 'warden publish --dry-run',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.sideEffectsOwed],
      writes: true,
    })
    .option(
      '--state-commit <sha>',
      'the commit of the state, which pull requests cite (default: that of the worktree at --state)',
      commitOption,
    )
    .addHelpText('after', ENVIRONMENT)
    .action(
      frame.run<PublishCliOptions>(
        async (context, { stateCommit }) => (await publishOutcome(context, stateCommit ?? null)).outcome,
      ),
    );
}

/** What was published, and under which configuration. */
export interface Published {
  /** `null` where GitHub is off. */
  readonly github: GitHubDone | null;
  readonly mails: PublishReport;
  readonly configHash: string;
  /** What is wrong with the files, where that configuration is the last good one; else `null`. */
  readonly lastGood: string | null;
}

/**
 * Publishes under the lock, and leaves its provenance where it did something. GitHub first, so that what people declined there
 * settles the mails about it.
 *
 * @param stateCommit `null`: that of the worktree at the state folder.
 * @param given the connection of a run that has one already, or knows that there is none; default: a new one.
 */
export async function publishOutcome(
  context: CommandContext,
  stateCommit: string | null,
  given?: ConnectedGitHub | null,
): Promise<JobOutcome<Published>> {
  const loaded = await settingsInForce(context);
  if (!loaded.ok) return refusedJob(loaded.error);
  const { lastGood, settings } = loaded.value;
  const { mailSettingsFrom } = await import('../adapters/mail/mail-settings.ts');
  const mail = settings.warden.notify.mail ? mailSettingsFrom(context.host.env) : OFF;
  if (!mail.ok) return refusedJob(refusal(EXIT.usage, `mail was refused: ${mail.error}`));
  if (mail.value === null) context.log.info(offText(settings.warden.notify.mail));
  const { connectGitHub, publishOnGitHub } = await import('./publish-github.ts');
  const connected = given === undefined ? await connectGitHub(context, settings.warden) : ok(given);
  if (!connected.ok) context.log.error(`GitHub was not told: ${connected.error.message}`);
  const port = connected.ok ? connected.value : null;
  if (port !== null && !(await holdsState(context))) return refusedJob(noState(context));
  const { publishText } = await import('./publish-text.ts');
  return await jobUnderLock(context, 'publish', async () => {
    const github = port === null ? null : await publishOnGitHub(context, port, stateCommit);
    const mails = await sendMails(context, settings, mail.value);
    const made = { github, mails, configHash: settings.config_hash, lastGood };
    await recordPublished(context, made);
    const isUnreached = !connected.ok && connected.error.kind === 'unavailable';
    const isOwed = isUnreached || mails.failed.length + (github?.failed.length ?? 0) > 0;
    const isInForce = lastGood === null && connected.ok;
    const exitCode = isOwed ? EXIT.sideEffectsOwed : isInForce ? EXIT.done : EXIT.usage;
    const text = publishText(mails, github, context.dryRun);
    const json = { ...mails, github: github === null ? null : githubJson(github) };
    return { outcome: report(exitCode, text, json), made };
  });
}

function noState({ stateDir }: CommandContext): Refusal {
  return refusal(
    EXIT.stateRefused,
    `${stateDir} holds no state to publish, neither a report nor a verdict; run supervise first, or name the folder with --state`,
  );
}

/** What an empty folder does not call for would be withdrawn, and the dashboard emptied. */
async function holdsState({ disk }: CommandContext): Promise<boolean> {
  const { REPORT_PATH } = await import('../adapters/state/supervisor-files.ts');
  const { readVerdicts } = await import('../adapters/state/verdict-log.ts');
  return disk.read(REPORT_PATH) !== null || readVerdicts(disk).length > 0;
}

async function sendMails(
  context: CommandContext,
  { warden }: Settings,
  active: MailSettings | null,
): Promise<PublishReport> {
  const { senderDomain } = await import('../adapters/mail/mail-settings.ts');
  const { publish } = await import('../jobs/publish.ts');
  const { disk, log, dryRun, nowMs } = context;
  const mailer = dryRun ? previewMailer : active === null ? null : await mailerOf(active, context);
  return await publish(
    { disk, mailer, log },
    {
      nowMs,
      to: active?.to ?? [],
      senderDomain: active === null ? 'warden.invalid' : senderDomain(active),
      divergence: warden.divergence,
    },
  );
}

/** Appends the provenance of what was published. A run that changed nothing leaves no record. */
export async function recordPublished(
  context: CommandContext,
  { github, mails, configHash }: Published,
): Promise<void> {
  const receipts = github?.receipts ?? 0;
  if (mails.sent.length + mails.superseded + receipts === 0) return;
  const counts = {
    mails_sent: mails.sent.length,
    mails_failed: mails.failed.length,
    items_superseded: mails.superseded,
    github_receipts: receipts,
    github_failed: github?.failed.length ?? 0,
  };
  await recordRun(context, 'publish', { counts, price_requests: 0, config_sha256: configHash });
}

function githubJson(github: GitHubDone): Readonly<Record<string, unknown>> {
  const { effects, waitedMs, ...others } = github;
  return {
    ...others,
    waited_ms: waitedMs,
    effects: effects.map(({ effect, key, outcome, target, text, verdictId }) => ({
      ...{ effect, key, outcome, target, text, verdict_id: verdictId },
    })),
  };
}

/** @throws InvalidArgumentError where it is no commit. */
export function commitOption(text: string): string {
  if (/^[0-9a-f]{40}$/.test(text)) return text;
  throw new InvalidArgumentError(`"${text}" is no commit; expected its 40 hex digits.`);
}

const OFF = { ok: true, value: null } as const;

/** Takes every message and sends none. */
const previewMailer: Mailer = { send: async () => ({ ok: true, value: undefined }) };

async function mailerOf(settings: MailSettings, context: CommandContext): Promise<Mailer> {
  const { smtpMailer } = await import('../adapters/mail/smtp-mailer.ts');
  return smtpMailer(settings, context.log);
}

function offText(isWanted: boolean): string {
  return isWanted
    ? 'mail is off: set SMTP_URL, MAIL_FROM and META_EMAIL_TO to turn it on (docs/mail.md)'
    : 'mail is off: notify.mail is false in warden.yaml';
}
