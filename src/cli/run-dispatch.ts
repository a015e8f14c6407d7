// What `warden run ingest` reads: the file that is named, else the signals inside the event that started the workflow.

import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { givenVariable } from '../adapters/github/given-variable.ts';
import { pathBelow } from '../adapters/path-below.ts';
import { fieldOf } from '../domain/field-of.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { NamedFile } from './ingest.ts';
import { type Refusal, refusal } from './outcome.ts';

const EXPECTED_FILE =
  'a workflow takes one of its repository, since lines that are refused are kept with the state';

const EXPECTED =
  'expected a file, or a workflow that repository_dispatch started, with client_payload.events (a list of signals) or client_payload.event (one)';

/** Name of the file that the signals of an event are read from, and so of the place of one that is rejected. */
const PAYLOAD_FILE = 'client_payload.jsonl';

/**
 * Hands the files to read to `run`. The signals of an event are written to a file of their own for that time, one a line.
 *
 * @returns what `run` returned, or the refusal where there is nothing to read.
 */
export async function withSignals<T>(
  { env, cwd }: Host,
  files: readonly string[],
  run: (files: readonly NamedFile[]) => Promise<T>,
): Promise<Result<T, Refusal>> {
  if (files.length > 0) {
    const outside = files.find((file) => !isOfCheckout(env, resolve(cwd, file)));
    return outside === undefined
      ? ok(await run(files.map((file) => ({ path: resolve(cwd, file) }))))
      : err(refusal(EXIT.usage, `${outside} is not a file of the checkout; ${EXPECTED_FILE}`));
  }
  const signals = signalsOf(env);
  if (!signals.ok) return err(refusal(EXIT.usage, signals.error));
  const folder = mkdtempSync(join(tmpdir(), 'warden-signals-'));
  try {
    const path = join(folder, PAYLOAD_FILE);
    writeFileSync(path, signals.value.map((signal) => `${JSON.stringify(signal)}\n`).join(''));
    return ok(await run([{ path, name: 'client_payload' }]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Whoever starts a workflow names the file, and each of its lines that is no signal is kept with the state, for everybody to read: what
 * the runner knows otherwise, and the login that git may have left there, must not be among them.
 */
function isOfCheckout(env: Host['env'], path: string): boolean {
  const workspace = givenVariable(env, 'GITHUB_WORKSPACE');
  // That there is no such file is said by who reads it.
  if (workspace === null || !existsSync(path)) return true;
  const names = pathBelow(realpathSync(workspace), realpathSync(path))?.split('/') ?? [''];
  return names.every((each) => !['', '.git'].includes(each.toLowerCase()));
}

function signalsOf(env: Host['env']): Result<readonly unknown[], string> {
  const path = givenVariable(env, 'GITHUB_EVENT_PATH');
  if (givenVariable(env, 'GITHUB_EVENT_NAME') !== 'repository_dispatch' || path === null)
    return err(`no file was named; ${EXPECTED}`);
  const payload = fieldOf(payloadAt(path), 'client_payload');
  const [events, event] = [fieldOf(payload, 'events'), fieldOf(payload, 'event')];
  if (Array.isArray(events)) return ok(events);
  return event === undefined ? err(`the event holds no signal; ${EXPECTED}`) : ok([event]);
}

function payloadAt(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR'].includes(String(error.code)))
      return null;
    throw error;
  }
}
