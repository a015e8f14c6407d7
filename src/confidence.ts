// The library agents import as `warden/confidence`: what the supervisor makes of their errors, as a factor on their own size.

import { resolve } from 'node:path';
import { readJsonFile } from './adapters/state/json-file.ts';
import { nodeDisk } from './adapters/state/node-disk.ts';
import { name } from './domain/fields.ts';
import { problemText } from './domain/problem.ts';
import { type ConfidenceDetail, ConfidenceMultipliers } from './domain/supervisor.ts';
import { validate } from './domain/validate.ts';

export interface ConfidenceOptions {
  /** The state folder; default the variable WARDEN_STATE, else `state/data` below the working directory. */
  readonly state?: string;
}

/** What the supervisor knows about the errors of one agent. */
export interface Confidence {
  /** Above 0; 1 is neutral. */
  readonly multiplier: number;
  /** How it came about. */
  readonly detail: ConfidenceDetail;
  /** UTC instant of the newest evidence, or `null` without any. */
  readonly generatedAt: string | null;
}

/** The file with the multipliers is there and cannot be used. An agent that went on at 1 would trade at full size unseen. */
export class ConfidenceUnreadable extends Error {
  override readonly name = 'ConfidenceUnreadable';
  /** The file. */
  readonly path: string;

  constructor(path: string, finding: string) {
    super(`${path}: ${finding}. Run "warden supervise", which writes it anew, then try again.`);
    this.path = path;
  }
}

/**
 * Returns the factor to multiply the size of a position with. It is 1, which says that there is no evidence, where nothing was
 * supervised yet or the supervisor does not know the agent.
 *
 * @throws ConfidenceUnreadable where the file is corrupt: a defect never counts as a good record.
 */
export function getConfidenceMultiplier(agent: string, options: ConfidenceOptions = {}): number {
  return getConfidence(agent, options)?.multiplier ?? 1;
}

/**
 * Returns the multiplier with how it came about, or `null` where there is no evidence; otherwise as
 * {@link getConfidenceMultiplier}.
 */
export function getConfidence(agent: string, options: ConfidenceOptions = {}): Confidence | null {
  const checked = validate(name, agent);
  if (!checked.ok) throw new TypeError(`agent: ${checked.error.map(problemText).join('; ')}`);
  const state = resolve(options.state ?? process.env['WARDEN_STATE'] ?? 'state/data');
  const file = readJsonFile(nodeDisk(state), FILE, ConfidenceMultipliers);
  if (!file.ok) throw new ConfidenceUnreadable(resolve(state, FILE), file.error);
  if (file.value === null) return null;
  const { multipliers, detail, generated_at } = file.value;
  const [multiplier, found] = [ownValue(multipliers, agent), ownValue(detail, agent)];
  if (multiplier === undefined && found === undefined) return null;
  if (multiplier === undefined || found === undefined) {
    const missing = multiplier === undefined ? 'multipliers' : 'detail';
    throw new ConfidenceUnreadable(
      resolve(state, FILE),
      `${missing} lacks the agent ${JSON.stringify(agent)}`,
    );
  }
  return { multiplier, detail: found, generatedAt: generated_at };
}

const FILE = 'supervisor/confidence_multipliers.json';

/** An agent may be called `constructor`. */
function ownValue<T>(byAgent: Readonly<Record<string, T>>, agent: string): T | undefined {
  return Object.hasOwn(byAgent, agent) ? byAgent[agent] : undefined;
}
