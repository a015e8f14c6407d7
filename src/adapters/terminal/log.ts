// Words for the person who runs a command, on standard error; inside GitHub Actions as annotations of the run.
// Standard output stays free for results, so that `warden … --json | jq` works while warnings are still seen.

import type { Log } from '../../ports.ts';
import { workflowCommand } from '../actions/workflow-command.ts';

/** What a log needs of a stream; `process.stderr` is one. */
export interface TextSink {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface TerminalLogOptions {
  readonly sink: TextSink;
  /** Whether warnings and errors become `::warning::` and `::error::` workflow commands. */
  readonly annotate: boolean;
  /** Texts that must never be shown, as tokens from the environment. */
  readonly secrets: readonly string[];
}

/** Returns a {@link Log} that writes one line per message to `options.sink`. */
export function terminalLog(options: TerminalLogOptions): Log {
  const { sink, annotate, secrets } = options;
  const eraseBar = sink.isTTY === true ? '\r\u001b[K' : '';
  const write = (label: '' | 'warning' | 'error', message: string): void => {
    const safe = withoutSecrets(message, secrets);
    if (label !== '' && annotate) sink.write(`${workflowCommand(label, {}, safe)}\n`);
    else sink.write(`${eraseBar}${label === '' ? '' : `${label}: `}${printable(safe)}\n`);
  };
  return {
    info: (message) => write('', message),
    warn: (message) => write('warning', message),
    error: (message) => write('error', message),
  };
}

/**
 * Returns `text` without control characters other than newline and tab: text from outside must neither move the
 * cursor of a terminal nor start a workflow command on a line of its own.
 */
export function printable(text: string): string {
  const shown = Array.from(text.replaceAll('\r\n', '\n'), (char) => (isControl(char) ? '\ufffd' : char)).join(
    '',
  );
  return shown.replaceAll(/^(\s*)(:|#)(:|#\[)/gm, '$1$2\u200b$3');
}

/** Returns `text` with every secret replaced by `***`, the longest first so that no rest of one stays. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let safe = text;
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) safe = safe.replaceAll(secret, '***');
  return safe;
}

const SECRET_NAME = /(KEY|SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIALS?|PRIVATE)(_|$)/i;
/** Shorter values are settings such as `1` or `true`; hiding them would garble every message. */
const SECRET_CHARS_MIN = 8;

/** Who logs in where, as in `smtps://user:password@host`: the password ends at the last @ of its part of the address. */
const USER_INFO = /^\s*[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i;

/** Returns the values of `env` whose names say that they are secret, and the logins that are part of an address. */
export function secretsOf(env: Readonly<Record<string, string | undefined>>): string[] {
  const secrets = Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [...(SECRET_NAME.test(name) ? [value] : []), ...loginIn(value)];
  });
  return secrets.filter((secret) => secret.length >= SECRET_CHARS_MIN);
}

/** A password may be written as it is, or with `%` for what an address cannot hold. */
function loginIn(value: string): string[] {
  const userInfo = USER_INFO.exec(value)?.[1];
  if (userInfo === undefined) return [];
  const password = userInfo.includes(':') ? userInfo.slice(userInfo.indexOf(':') + 1) : userInfo;
  return [...new Set([userInfo, password, decodedOr(password)])];
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return (code < 0x20 && char !== '\n' && char !== '\t') || (code >= 0x7f && code < 0xa0);
}
