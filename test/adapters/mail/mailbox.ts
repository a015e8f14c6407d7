// A real mail server on loopback for the tests: keeps what it is given, refuses what it is told to, and ends with its test.

import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
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

/** Starts a server on a free port that takes mail from {@link USER} only, without TLS. */
export async function mailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const mails: Email[] = [];
  const logins: string[] = [];
  let refusal: Error | null = null;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    closeTimeout: 10,
    onAuth({ username = '', password = '' }, _session, done) {
      logins.push(username);
      const isUser = username === USER.user && password === USER.password;
      done(isUser ? null : answer(535, '5.7.8 Authentication failed'), { user: username });
    },
    onMailFrom: (_address, _session, done) => done(refusal),
    onRcptTo({ address }, _session, done) {
      done(address === options.unknownRecipient ? answer(550, '5.1.1 no such user') : null);
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          mails.push(mail);
          done();
        }, done);
      });
    },
  });
  server.on('error', () => {});
  const listening = server.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => listening.once('listening', resolve));
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    settings: settingsFor(address.port, options.login === undefined ? USER : options.login),
    mails,
    logins,
    refuseWith: (code, words = 'not now') => {
      refusal = code === null ? null : answer(code, words);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
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

function answer(responseCode: number, words: string): Error {
  return Object.assign(new Error(words), { responseCode });
}
