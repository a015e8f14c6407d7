// `warden publish`: what the supervisor decided and nobody was told yet goes out by mail, once.

import type { MailSettings } from '../adapters/mail/mail-settings.ts';
import type { Mailer } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { recordRun, underLock } from './job-setup.ts';
import { refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { settingsInForce } from './settings.ts';

/** Adds the command to the frame. */
export function registerPublish(frame: Frame): void {
  frame
    .command({
      usage: 'publish',
      summary: 'Send what is owed: mail about divergence alerts and proposals to disable a strategy class',
      example: 'warden publish --dry-run',
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.sideEffectsOwed],
      writes: true,
    })
    .action(
      frame.run(async (context) => {
        const loaded = await settingsInForce(context);
        if (!loaded.ok) return loaded.error;
        const { lastGood } = loaded.value;
        const { warden: config, config_hash } = loaded.value.settings;
        const { mailSettingsFrom, senderDomain } = await import('../adapters/mail/mail-settings.ts');
        const settings = config.notify.mail ? mailSettingsFrom(context.host.env) : OFF;
        if (!settings.ok) return refusal(EXIT.usage, `mail was refused: ${settings.error}`);
        const active = settings.value;
        if (active === null) context.log.info(offText(config.notify.mail));
        const { publish } = await import('../jobs/publish.ts');
        const { publishText } = await import('./publish-text.ts');
        return await underLock(context, 'publish', async () => {
          const { disk, log, dryRun } = context;
          const mailer = dryRun ? previewMailer : active === null ? null : await mailerOf(active, context);
          const done = await publish(
            { disk, mailer, log },
            {
              nowMs: context.nowMs,
              to: active?.to ?? [],
              senderDomain: active === null ? 'warden.invalid' : senderDomain(active),
              divergence: config.divergence,
            },
          );
          if (done.sent.length + done.superseded > 0) {
            const counts = {
              mails_sent: done.sent.length,
              mails_failed: done.failed.length,
              items_superseded: done.superseded,
            };
            await recordRun(context, 'publish', { counts, price_requests: 0, config_sha256: config_hash });
          }
          const inForce = lastGood === null ? EXIT.done : EXIT.usage;
          const exitCode = done.failed.length > 0 ? EXIT.sideEffectsOwed : inForce;
          return report(exitCode, publishText(done, dryRun), { ...done });
        });
      }),
    );
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
