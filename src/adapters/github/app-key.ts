// The private key of the app as it comes in an environment: whole, or refused without a word of it being shown.

import { createPrivateKey } from 'node:crypto';
import { err, ok, type Result } from '../../domain/result.ts';

/**
 * Returns the key in PEM. Variables often hold it on one line, with `\n` in place of the ends of lines.
 *
 * @returns the key, or what is wrong with the variable `name`, in one sentence.
 */
export function appKeyFrom(name: string, text: string): Result<string, string> {
  const key = `${text.replaceAll('\\n', '\n').replaceAll('\r\n', '\n').trim()}\n`;
  const nextStep =
    'put the whole .pem file there that GitHub gave for the app, with its lines as they are or joined by \\n';
  if (!/^-----BEGIN (RSA )?PRIVATE KEY-----\n/.test(key))
    return err(`${name} does not begin as a private key does; ${nextStep}`);
  if (isKey(key)) return ok(key);
  return err(`${name} is no complete private key; ${nextStep}`);
}

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch (error) {
    // OpenSSL says only that it could not read it, in words that change between versions.
    if (error instanceof Error) return false;
    throw error;
  }
}
