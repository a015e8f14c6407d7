// The policy of the settings: the champion that ships, or the one that a file of the user's exports.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FeedSettings } from '../domain/feed-settings.ts';
import { problemInJson } from '../domain/json-value.ts';
import type { Pink } from '../domain/pink-settings.ts';
import { problemText } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { championPolicy } from '../policy/champion.ts';
import { policyProblem } from '../policy/own-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { thrownText } from '../policy/policy-step.ts';

const EXPECTED = 'expected a JavaScript module with `export const policy = { name, version, … }`';

/** How long a module may take to load. */
const LOAD_MS_MAX = 10_000;
/** How far scans are apart. */
const SCAN_BAR = '10s';
const CANDLE_BAR = '1m';

/**
 * Returns the policy that the settings name. A file of the user's runs with everything that this process may do.
 *
 * @param configDir what a relative path goes on from.
 * @param after waits, and holds the process meanwhile: a module that never ends loading would let it end without a word.
 * @returns the policy, or the sentence that says what is wrong with the file, with the next step.
 */
export async function loadPolicy(
  { policy, feed }: Pink,
  configDir: string,
  after: After = heldTimer,
): Promise<Result<Policy, string>> {
  const { module } = policy;
  if (module === null) return ok(championPolicy({ ...policy, bar: policy.bar ?? barOf(feed) }));
  const path = resolve(configDir, module);
  const place = `policy.module ${module}`;
  if (!existsSync(path)) return err(`${place}: there is no file ${path}; ${EXPECTED}`);
  if (/\.[cm]?ts$/.test(path))
    return err(`${place}: is TypeScript, which Node does not run; compile it first, and name the .js file`);
  let exported: unknown;
  try {
    const loaded = await inTime(import(pathToFileURL(path).href) as Promise<Record<string, unknown>>, after);
    if (loaded === null)
      return err(
        `${place}: does not end loading within ${LOAD_MS_MAX / 1_000} s; look for an await at its top level`,
      );
    exported = loaded['policy'];
  } catch (error) {
    return err(`${place}: cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (exported === undefined) return err(`${place}: exports no \`policy\`; ${EXPECTED}`);
  const problem = policyProblem(exported);
  if (problem !== null) return err(`${place}: ${problem}; ${EXPECTED}`);
  const failure = beginProblem(exported as Policy);
  return failure === null ? ok(exported as Policy) : err(`${place}: ${failure}`);
}

type After = (ms: number, run: () => void) => () => void;

function heldTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Resolves with `null` where a promise is not kept in time. */
async function inTime<T>(promise: Promise<T>, after: After): Promise<T | null> {
  let callOff: () => void = () => undefined;
  const over = new Promise<null>((resolve) => {
    callOff = after(LOAD_MS_MAX, () => resolve(null));
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    callOff();
  }
}

/** Tried before anything is opened, so that a policy that cannot begin leaves no trace in a journal. */
function beginProblem(policy: Policy): string | null {
  try {
    const problem = problemInJson(policy.begin() ?? null);
    return problem === null ? null : `begin() returns what is no plain JSON: ${problemText(problem)}`;
  } catch (error) {
    return `begin() failed: ${thrownText(error)}; correct it, and try it with --dry-run`;
  }
}

function barOf({ kind, simulated, exchange }: FeedSettings): string {
  if (kind === 'scans' || kind === 'hazelcast') return SCAN_BAR;
  if (kind === 'simulated') return simulated?.bar ?? CANDLE_BAR;
  return kind === 'exchange' ? (exchange?.timeframe ?? CANDLE_BAR) : CANDLE_BAR;
}
