// Where mail goes and through which server, read from the environment: SMTP_URL, MAIL_FROM, META_EMAIL_TO.

import { domainToASCII } from 'node:url';
import { err, ok, type Result } from '../../domain/result.ts';

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /**
   * `implicit`: encrypted from the first byte (smtps). `required`: STARTTLS or nothing is sent. `offered`: STARTTLS where the
   * server offers it. `none`: never leaves this machine.
   */
  readonly tls: 'implicit' | 'required' | 'offered' | 'none';
  readonly login: { readonly user: string; readonly password: string } | null;
}

interface MailAddress {
  /** Empty where only the address was given. */
  readonly name: string;
  readonly address: string;
}

export interface MailSettings {
  readonly server: SmtpServer;
  readonly from: MailAddress;
  /** At least one. */
  readonly to: readonly string[];
}

/** The variables that turn mail on; all three or none. */
const MAIL_VARIABLES = ['SMTP_URL', 'MAIL_FROM', 'META_EMAIL_TO'] as const;
type MailVariable = (typeof MAIL_VARIABLES)[number];

const EXAMPLES: Readonly<Record<MailVariable, string>> = {
  SMTP_URL: 'smtps://user:password@smtp.example.org:465 or smtp://user:password@smtp.example.org:587',
  MAIL_FROM: 'Warden <warden@example.org>',
  META_EMAIL_TO: 'ada@example.org, grace@example.org',
};

/**
 * Returns the settings, `null` where none of the variables is set (mail is off), or why they were refused: the variable and an
 * example, never a value of SMTP_URL. An empty variable counts as not set, since that is how a secret that is missing arrives.
 */
export function mailSettingsFrom(
  env: Readonly<Record<string, string | undefined>>,
): Result<MailSettings | null, string> {
  const texts = MAIL_VARIABLES.map((name) => env[name]?.trim() ?? '');
  const [url = '', from = '', to = ''] = texts;
  if (texts.every((text) => text === '')) return ok(null);
  const missing = MAIL_VARIABLES.find((_name, index) => texts[index] === '');
  if (missing !== undefined) {
    return err(
      refused(
        missing,
        `is not set, but ${MAIL_VARIABLES.filter((name) => name !== missing).join(' or ')} is`,
      ),
    );
  }
  const server = serverFrom(url);
  if (!server.ok) return err(refused('SMTP_URL', server.error));
  const sender = addressFrom(from);
  if (sender === null) return err(refused('MAIL_FROM', 'is not one address'));
  const recipients = to.split(',').map((part) => part.trim());
  const bad = recipients.findIndex((part) => !ADDRESS.test(part));
  if (bad !== -1) return err(refused('META_EMAIL_TO', `entry ${bad + 1} is not an address`));
  return ok({ server: server.value, from: sender, to: [...new Set(recipients)] });
}

function refused(name: MailVariable, finding: string): string {
  return `${name} ${finding}; expected e.g. ${EXAMPLES[name]}`;
}

/** What both sides of an address may hold: enough to keep header syntax and controls out, the server judges the rest. */
const ADDRESS = /^[^\s\p{Cc}@<>,;:"()[\]\\]+@[^\s\p{Cc}@<>,;:"()[\]\\]+$/u;
const NAMED = /^"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>$/u;

function addressFrom(text: string): MailAddress | null {
  const parts = NAMED.exec(text);
  const address = parts?.[2]?.trim() ?? text;
  return ADDRESS.test(address) ? { name: parts?.[1]?.trim() ?? '', address } : null;
}

function serverFrom(text: string): Result<SmtpServer, string> {
  const url = urlFrom(text);
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) {
    return err('is not an address that begins with smtps:// or smtp://');
  }
  if (url.pathname.replace('/', '') !== '' || url.search !== '' || url.hash !== '' || url.hostname === '') {
    return err(
      'has more or less than user, password, host and port (write / # ? @ in a password as %2F %23 %3F %40)',
    );
  }
  const implicit = url.protocol === 'smtps:';
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === null || password === null) return err('has a % that is none of %00 to %FF (write % as %25)');
  if ((user === '') !== (password === '')) return err('has a user without a password, or the reverse');
  const login = user === '' ? null : { user, password };
  const host = url.hostname.replaceAll(/^\[|\]$/g, '');
  const tls = implicit ? 'implicit' : isLoopback(host) ? 'none' : login === null ? 'offered' : 'required';
  return ok({ host, port: url.port === '' ? (implicit ? 465 : 587) : Number(url.port), tls, login });
}

function urlFrom(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

/** Nothing that is sent there can be read on the way, and the certificate of a local relay rarely fits its name. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Returns the domain that message ids end with: the sender's, in ASCII. */
export function senderDomain({ from }: Pick<MailSettings, 'from'>): string {
  const ascii = domainToASCII(from.address.slice(from.address.lastIndexOf('@') + 1));
  return /^[a-z0-9.-]+$/.test(ascii) ? ascii : 'warden.invalid';
}
