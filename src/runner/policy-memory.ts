// What a policy remembers over a restart: one file, replaced as a whole, believed only by the very policy that wrote it.

import type { Disk, Log } from '../ports.ts';

const FILE = 'policy-memory.json';

export interface KeptMemory {
  /** `name@version#digest` of whose it is. */
  readonly tag: string;
  readonly policy: unknown;
  /** Of the fold from candles to scans; `null` where scans come ready-made. */
  readonly candles: unknown;
}

/** Returns what was kept for `tag`, or `null`, with the reason in the log, where there is nothing that it may believe. */
export function loadMemory(disk: Disk, tag: string, log: Log): KeptMemory | null {
  const bytes = disk.read(FILE);
  if (bytes === null) return null;
  const kept = parsed(bytes.toString('utf8'));
  if (kept === null) {
    log.warn(`${FILE} cannot be read, so the policy begins without a memory`);
    return null;
  }
  if (kept.tag === tag) return kept;
  log.info(`${FILE} is of ${kept.tag}, and the policy is ${tag}: it begins without a memory`);
  return null;
}

/** Keeps a memory. The failure is a sentence: trading goes on without it, and a restart has to warm up again. */
export function saveMemory(disk: Disk, memory: KeptMemory): string | null {
  try {
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
    const { tag, policy, candles } = value as Record<string, unknown>;
    return typeof tag === 'string' && policy !== undefined ? { tag, policy, candles: candles ?? null } : null;
  } catch {
    return null;
  }
}
