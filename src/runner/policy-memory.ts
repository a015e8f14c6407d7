// What a policy remembers over a restart: one file, replaced as a whole, believed only by the very policy that wrote it.

import { problemInJson } from '../domain/json-value.ts';
import { problemText } from '../domain/problem.ts';
import type { ClosedTrade } from '../policy/policy.ts';
import { type CandleMemory, candleMemory } from '../policy/velocity.ts';
import type { Disk, Log } from '../ports.ts';

const FILE = 'policy-memory.json';

export interface KeptMemory {
  /** `name@version#digest` of whose it is. */
  readonly tag: string;
  readonly policy: unknown;
  /** Of the fold from candles to scans; `null` where scans come ready-made. */
  readonly candles: CandleMemory | null;
  /** Trades that ended, and of which no step was told yet. */
  readonly closed: readonly ClosedTrade[];
}

/** Returns what was kept for `tag`, or `null`, with the reason in the log, where there is nothing that it may believe. */
export function loadMemory(disk: Disk, tag: string, log: Log): KeptMemory | null {
  let kept: KeptMemory | null = null;
  let why = '';
  try {
    const bytes = disk.read(FILE);
    if (bytes === null) return null;
    kept = parsed(bytes.toString('utf8'));
  } catch (error) {
    why = ` (${error instanceof Error ? error.message : String(error)})`;
  }
  if (kept === null) {
    log.warn(`${FILE} cannot be read${why}, so the policy begins without a memory`);
    return null;
  }
  if (kept.tag === tag) return kept;
  log.info(`${FILE} is of ${kept.tag}, and the policy is ${tag}: it begins without a memory`);
  return null;
}

/**
 * Keeps a memory. The failure is a sentence: trading goes on without it, and a restart has to warm up again. What is no plain JSON would come
 * back as something else, and is not kept.
 */
export function saveMemory(disk: Disk, memory: KeptMemory): string | null {
  try {
    const problem = problemInJson(memory.policy);
    if (problem !== null)
      return `${FILE} was not written, since the memory of ${memory.tag} is no plain JSON: ${problemText(problem)}`;
    disk.replace(FILE, `${JSON.stringify(memory)}\n`);
    return null;
  } catch (error) {
    return `${FILE} was not written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function parsed(text: string): KeptMemory | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { tag, policy, candles, closed } = value as Record<string, unknown>;
    if (typeof tag !== 'string' || policy === undefined) return null;
    const untold = Array.isArray(closed) ? (closed as readonly ClosedTrade[]) : [];
    return { tag, policy, candles: candleMemory(candles), closed: untold };
  } catch {
    return null;
  }
}
