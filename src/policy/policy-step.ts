// What a policy returned, believed in no part of it: a step is whole or none, and of its decisions each stands or falls alone.

import { err, ok, type Result } from '../domain/result.ts';
import type { Decision, PolicyAction } from './policy.ts';

/** More decisions than this are no answer to a view: a kernel has twelve slots. */
const DECISIONS_MAX = 64;
const REASON_CHARS_MAX = 1_000;
const SYMBOL_CHARS_MAX = 64;
/** Facts that are longer are left out, and that is said. */
const FACTS_CHARS_MAX = 16_384;

const ACTIONS: readonly unknown[] = [
  'ENTER',
  'EXIT',
  'HOLD',
  'HOLD_DC_CONTRADICTED',
] satisfies PolicyAction[];

/** A decision whose words can be written down; its figures are for the border of the kernel to read. */
export interface ReadDecision {
  readonly decision: Decision;
  /** JSON. */
  readonly facts: string;
}

export interface ReadStep {
  readonly memory: unknown;
  readonly decisions: readonly ReadDecision[];
  /** What was set aside, or could not be written down, each with its place and what is expected. */
  readonly problems: readonly string[];
}

/**
 * Reads what a step returned. A decision needs a known action and a slot that is a whole number; one without is set aside, and the others
 * count. Words that are missing are empty ones, since an exit is never refused for its words. It never throws.
 *
 * @returns the step, or the sentence that says why it is none.
 */
export function readStep(returned: unknown): Result<ReadStep, string> {
  try {
    return stepOf(returned);
  } catch (error) {
    return err(`its step cannot be read: ${thrownText(error)}`);
  }
}

function stepOf(returned: unknown): Result<ReadStep, string> {
  const expected = 'expected { memory, decisions }';
  if (typeof returned !== 'object' || returned === null) return err(`its step is ${returned}; ${expected}`);
  if ('then' in returned)
    return err(`its step is a promise; ${expected} at once, since nobody waits for a step`);
  const { memory, decisions } = returned as { readonly memory?: unknown; readonly decisions?: unknown };
  if (memory === undefined)
    return err('its step has no memory; expected plain JSON, null where there is none');
  if (!Array.isArray(decisions)) return err('decisions: expected a list, [] where nothing is decided');
  if (decisions.length > DECISIONS_MAX)
    return err(`decisions: expected at most ${DECISIONS_MAX}, found ${decisions.length}`);
  const read: ReadDecision[] = [];
  const problems: string[] = [];
  for (const [at, value] of decisions.entries()) {
    const place = `decisions.${at}`;
    const one = readDecision(value, (problem) => problems.push(`${place}: ${problem}`));
    if (one !== null) read.push(one);
  }
  return ok({ memory, decisions: read, problems });
}

function readDecision(value: unknown, tell: (problem: string) => void): ReadDecision | null {
  try {
    if (typeof value !== 'object' || value === null) {
      tell('is set aside: it is no object');
      return null;
    }
    const given = value as Partial<Record<keyof Decision, unknown>>;
    const { slot, action } = given;
    if (!ACTIONS.includes(action) || typeof slot !== 'number' || !Number.isSafeInteger(slot)) {
      tell(`is set aside: expected an action of ${ACTIONS.join(', ')} and a slot that is a whole number`);
      return null;
    }
    const reason = textOf('reason', given.reason, REASON_CHARS_MAX, tell);
    const symbol = textOf('symbol', given.symbol ?? '', SYMBOL_CHARS_MAX, tell);
    const { side, tradeId, referencePrice, size, leverage, exitLegRatios, isUrgent } = given;
    const figures = { side, tradeId, referencePrice, size, leverage, exitLegRatios, isUrgent };
    // The border of the kernel reads the figures as anybody's, whatever their types say.
    const decision = { slot, action, reason, symbol, ...figures, facts: {} } as Decision;
    return { decision, facts: factsText(given.facts, tell) };
  } catch (error) {
    tell(`is set aside: it cannot be read: ${thrownText(error)}`);
    return null;
  }
}

function textOf(name: string, value: unknown, charsMax: number, tell: (problem: string) => void): string {
  if (typeof value === 'string') return value.slice(0, charsMax);
  tell(`${name}: expected a text; taken as none`);
  return '';
}

function factsText(facts: unknown, tell: (problem: string) => void): string {
  if (facts === undefined) return '{}';
  const text = jsonOf(facts);
  if (text === null) {
    tell('facts: have no JSON; left out');
    return JSON.stringify({ left_out: 'the facts have no JSON' });
  }
  if (text.length <= FACTS_CHARS_MAX) return text;
  return JSON.stringify({
    left_out: `the facts have ${text.length} characters, and ${FACTS_CHARS_MAX} are kept`,
  });
}

/** A function or a symbol has no JSON, and what contains itself throws. */
function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

/** Returns what somebody threw in words; it may be anything, and even its message may throw. */
export function thrownText(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'something that has no words was thrown';
  }
}
