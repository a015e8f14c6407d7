// The job of the demo after its push: GitHub is told, mails go out, and receipts say what is not owed any more.

import { type ConnectedGitHub, gitHubFromEnv } from '../../adapters/github/environment.ts';
import type { LocalGitHub } from '../../adapters/github/local/local-github.ts';
import { type MailSettings, senderDomain } from '../../adapters/mail/mail-settings.ts';
import { smtpMailer } from '../../adapters/mail/smtp-mailer.ts';
import { appendReceipts, readReceipts } from '../../adapters/state/receipt-log.ts';
import { assert } from '../../domain/assert.ts';
import type { Settings } from '../../domain/settings.ts';
import { effectReceipts } from '../../jobs/effect-receipts.ts';
import { publish } from '../../jobs/publish.ts';
import { publishToGitHub } from '../../jobs/publish-github.ts';
import type { Clock, Disk, GitHub, Log } from '../../ports.ts';

export interface PublishJobPorts {
  readonly github: GitHub;
  /** The state as it was pushed. */
  readonly disk: Disk;
  readonly log: Log;
}

export interface PublishJobOptions {
  readonly nowMs: number;
  readonly stateCommit: string;
  readonly codeVersion: string;
  readonly settings: Settings;
  readonly mail: MailSettings;
}

export interface JobPublished {
  /** Receipts that were appended. */
  readonly receipts: number;
  /** What is still owed, one sentence each. */
  readonly failed: readonly string[];
}

/** Connects as the jobs do where the App's key is among their secrets. */
export async function connectJob(
  { apiUrl, app }: LocalGitHub,
  repository: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<ConnectedGitHub> {
  const env = {
    GITHUB_REPOSITORY: repository,
    GITHUB_API_URL: apiUrl,
    WARDEN_APP_ID: String(app.id),
    WARDEN_APP_PRIVATE_KEY: app.privateKey,
  };
  const connected = await gitHubFromEnv(env, {
    ownLogins: [],
    sleep: async () => {},
    nowMs: () => clock.nowMs(),
    random: () => 0,
    log,
  });
  assert(connected.ok && connected.value !== null, () => (connected.ok ? '' : connected.error.message));
  return connected.value;
}

/** Publishes as `warden publish` does: GitHub first, so that what people declined there settles the mails about it. */
export async function publishAsJob(
  ports: PublishJobPorts,
  options: PublishJobOptions,
): Promise<JobPublished> {
  const { disk, log } = ports;
  const { nowMs, stateCommit, codeVersion, settings, mail } = options;
  const before = readReceipts(disk).length;
  const told = await publishToGitHub(ports, { nowMs, stateCommit, codeVersion });
  appendReceipts(disk, effectReceipts(told.effects, readReceipts(disk), { nowMs, stateCommit }));
  const mails = await publish(
    { disk, log, mailer: settings.warden.notify.mail ? smtpMailer(mail, log) : null },
    { nowMs, to: mail.to, senderDomain: senderDomain(mail), divergence: settings.warden.divergence },
  );
  return {
    receipts: readReceipts(disk).length - before,
    failed: [
      ...told.failed.map(({ what, error }) => `${what}: ${error}`),
      ...told.problems,
      ...mails.failed.map(({ subject, error }) => `the mail "${subject}": ${error}`),
    ],
  };
}
