// Mail over SMTP: one connection per message, bounded in time, encrypted wherever credentials or messages leave this machine.

import { createTransport } from 'nodemailer';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Log, Mailer, MailMessage } from '../../ports.ts';
import { withoutSecrets } from '../terminal/log.ts';
import type { MailSettings, SmtpServer } from './mail-settings.ts';

interface SmtpTimeouts {
  /** For the name, the connection and the greeting, each. */
  readonly connectMs: number;
  /** Longest silence of a server that was greeted. */
  readonly silenceMs: number;
  /** For one message as a whole: a server that drips a byte now and then is never silent. */
  readonly totalMs: number;
}

const TIMEOUTS: SmtpTimeouts = { connectMs: 10_000, silenceMs: 20_000, totalMs: 60_000 };

/** A server's answer may be a page of text. */
const ANSWER_CHARS_MAX = 300;

/**
 * Returns a mailer for the server of `settings`. A message counts as sent once the server took it for one recipient at least;
 * the recipients it refused are named by a warning, because sending again would reach the others twice.
 */
export function smtpMailer(settings: MailSettings, log: Log, timeouts: SmtpTimeouts = TIMEOUTS): Mailer {
  const { server, from } = settings;
  const place = `${server.host}:${server.port}`;
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'required',
    ignoreTLS: server.tls === 'none',
    ...(server.login === null ? {} : { auth: { user: server.login.user, pass: server.login.password } }),
    dnsTimeout: timeouts.connectMs,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.connectMs,
    socketTimeout: timeouts.silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      try {
        const answer = await transport.sendMail({
          from,
          ...contentOf(message),
          signal: AbortSignal.timeout(timeouts.totalMs),
        });
        if (answer.rejected.length > 0)
          log.warn(partlyRefused(answer.rejected.length, message.to.length, place));
        return ok(undefined);
      } catch (error) {
        return failure(error, server);
      }
    },
  };
}

function contentOf(message: MailMessage) {
  const { messageId, to, subject, text, html, inline } = message;
  return {
    messageId,
    to: [...to],
    subject,
    text,
    html,
    attachments: inline.map(({ cid, filename, png }) => ({
      cid,
      filename,
      content: png,
      contentType: 'image/png',
      contentDisposition: 'inline' as const,
    })),
    // Vacation replies and ticket systems must not answer a program.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

function partlyRefused(refused: number, all: number, place: string): string {
  return `the mail server ${place} refused ${refused} of the ${all} addresses of META_EMAIL_TO; the others got the mail`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its name could not be looked up',
  EDNS: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer in time',
  ECONNECTION: 'the connection was closed',
  ECONNRESET: 'the connection was closed',
  EABORT: 'it took too long to take the message',
  ETLS: 'it could not be encrypted, and nothing is sent in the clear',
};

/**
 * @throws `error` where it is none of a mail server: a defect of ours.
 */
function failure(error: unknown, server: SmtpServer): Result<void, string> {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const place = `the mail server ${server.host}:${server.port}`;
  const response = 'response' in error && typeof error.response === 'string' ? error.response : '';
  const secrets = server.login === null ? [] : [server.login.password];
  const quoted = (text: string) => JSON.stringify(withoutSecrets(text, secrets).slice(0, ANSWER_CHARS_MAX));
  const code = codeOf(error);
  if (response !== '' && code !== 'ETLS') return err(`${place} answered ${quoted(response)}`);
  const reason = REASONS[code] ?? reasonOfTls(error) ?? quoted(error.message);
  return err(`${place} could not be used: ${reason}`);
}

/** What OpenSSL says where the other side does not speak TLS. */
function reasonOfTls(error: Error): string | null {
  const isPlain = /wrong version number|packet length too long/.test(error.message);
  return isPlain ? 'it does not begin with TLS there; write smtp:// in place of smtps://' : null;
}

function codeOf(error: Error & { readonly code: unknown }): string {
  const system = 'errno' in error && 'syscall' in error ? /\bE[A-Z]+\b/.exec(error.message)?.[0] : undefined;
  return system ?? String(error.code);
}
