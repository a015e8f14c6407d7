// What the job does after its push: GitHub is told, mails go out, and receipts say what is not owed any more.

import { type MailSettings, senderDomain } from '../../adapters/mail/mail-settings.ts';
import { smtpMailer } from '../../adapters/mail/smtp-mailer.ts';
import { appendReceipts, readReceipts } from '../../adapters/state/receipt-log.ts';
import type { Settings } from '../../domain/settings.ts';
import { effectReceipts } from '../../jobs/effect-receipts.ts';
import { publish } from '../../jobs/publish.ts';
import { publishToGitHub } from '../../jobs/publish-github.ts';
import type { Disk, GitHub, Log } from '../../ports.ts';

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
