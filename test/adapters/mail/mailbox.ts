// The mailbox of this machine for the tests of mail: takes mail from one user only, and refuses what it is told to.

import PostalMime, { type Email } from 'postal-mime';
import { startMailbox } from '../../../src/adapters/mail/local/mailbox.ts';
import type { MailSettings, SmtpServer } from '../../../src/adapters/mail/mail-settings.ts';

export interface Mailbox {
  readonly settings: MailSettings;
  /** The mails it took, as their receivers read them. */
  readonly mails: Email[];
  /** Logins that were tried. */
  readonly logins: string[];
  /** The answer to MAIL FROM from now on, `null` to take mail. */
  refuseWith(code: number | null, words?: string): void;
  close(): Promise<void>;
}

export interface MailboxOptions {
  readonly login?: SmtpServer['login'];
  /** Refused at RCPT TO. */
  readonly unknownRecipient?: string;
}

export const USER = { user: 'apikey', password: 'correct horse battery' };

/** Starts a mailbox that takes mail from {@link USER} only. */
export async function mailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const mails: Email[] = [];
  const logins: string[] = [];
  let refusal: { readonly code: number; readonly words: string } | null = null;
  const box = await startMailbox({
    nowMs: () => 0,
    async keep({ source }) {
      mails.push(await PostalMime.parse(source));
    },
    door: {
      login(user, password) {
        logins.push(user);
        const isUser = user === USER.user && password === USER.password;
        return isUser ? null : { code: 535, words: '5.7.8 Authentication failed' };
      },
      sender: () => refusal,
      recipient: (address) =>
        address === options.unknownRecipient ? { code: 550, words: '5.1.1 no such user' } : null,
    },
  });
  return {
    settings: settingsFor(Number(new URL(box.url).port), options.login === undefined ? USER : options.login),
    mails,
    logins,
    refuseWith: (code, words = 'not now') => {
      refusal = code === null ? null : { code, words };
    },
    close: async () => await box.close(),
  };
}

/** Settings for a server of this machine. */
export function settingsFor(port: number, login: SmtpServer['login'] = USER): MailSettings {
  return {
    server: { host: '127.0.0.1', port, tls: 'none', login },
    from: { name: 'Warden', address: 'warden@example.org' },
    to: ['ada@example.org', 'grace@example.org'],
  };
}
