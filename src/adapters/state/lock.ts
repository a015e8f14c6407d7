// A lock per writer: one process at a time runs behind a name, and a lock whose process died does not stop the next one.

import { hostname } from 'node:os';
import { sha256Hex } from '../../domain/canonical.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isoFromMs, msFromIso } from '../../domain/time.ts';
import type { Disk } from '../../ports.ts';

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** When the owner asked for the lock, UTC. */
  readonly since: string;
}

/** The lock stayed with somebody else for the whole wait. */
export interface LockHeld {
  readonly name: string;
  /** `null` where the lock file cannot be read as one. */
  readonly owner: LockOwner | null;
  /** Who holds it since when, and what a person can do. */
  readonly message: string;
}

export interface LockOptions {
  /** How long to wait for another owner, milliseconds; 0 tries once. */
  readonly waitMs: number;
  readonly owner: LockOwner;
  readonly sleep: (ms: number) => Promise<void>;
  /** The folder of the lock, for a person; default: the state folder. */
  readonly where?: string;
  /** Whether an owner on this host has ended; the default asks the operating system. */
  readonly isGone?: (owner: LockOwner) => boolean;
}

const POLL_MS = 50;
export const LOCK_FOLDER = '.locks';

/** Returns this process as the owner of a lock. */
export function processOwner(): LockOwner {
  return { pid: process.pid, host: hostname(), since: isoFromMs(Date.now()) };
}

/**
 * Runs `run` while holding the lock `name`, and gives the lock back whatever `run` does.
 *
 * @returns what `run` returned, or who held the lock for `waitMs` milliseconds.
 */
export async function withLock<T>(
  disk: Disk,
  name: string,
  options: LockOptions,
  run: () => T | Promise<T>,
): Promise<Result<T, LockHeld>> {
  const path = `${LOCK_FOLDER}/${name}.lock`;
  const own = ownerText(options.owner);
  for (let waitedMs = 0; !acquire(disk, path, own, options); waitedMs += POLL_MS) {
    if (waitedMs >= options.waitMs) return err(heldBy(disk, name, path, options.where ?? 'the state folder'));
    await options.sleep(Math.min(POLL_MS, options.waitMs - waitedMs));
  }
  try {
    return ok(await run());
  } finally {
    release(disk, path, own);
  }
}

/**
 * Takes the lock at `path` where it is free or its owner is gone.
 *
 * Two takers who both saw the dead owner must not both win, and removing its file first would let the slower one
 * remove the lock of the faster. So a taker first takes a second lock, a claim named after the exact text of the dead
 * one, reads the lock again, and swaps it in one rename only where it is still that text. Nobody else changes it
 * meanwhile: its owner is dead, creating fails while it exists, and swapping needs the claim. A taker that died
 * holding a claim is itself taken over, by the same rule.
 */
function acquire(disk: Disk, path: string, own: string, options: LockOptions): boolean {
  if (disk.createExclusive(path, own)) return true;
  const found = textAt(disk, path);
  if (found === null || !isAbandoned(found, options)) return false;
  const claim = `${LOCK_FOLDER}/${sha256Hex(found).slice(0, 32)}.claim`;
  if (!acquire(disk, claim, own, options)) return false;
  try {
    if (textAt(disk, path) !== found) return false;
    disk.replace(path, own);
    return true;
  } finally {
    release(disk, claim, own);
  }
}

/** A lock that a person removed by hand may belong to somebody else by now, who keeps it. */
function release(disk: Disk, path: string, own: string): void {
  if (textAt(disk, path) === own) disk.remove(path);
}

/** A process on another host cannot be asked whether it lives, so its lock is never taken. */
function isAbandoned(text: string, options: LockOptions): boolean {
  const owner = ownerFrom(text);
  return owner !== null && owner.host === options.owner.host && (options.isGone ?? isProcessGone)(owner);
}

/**
 * In a container every run may have the same process id: a lock with our own id from before this process began is
 * that of an earlier run.
 */
export function isProcessGone(owner: LockOwner): boolean {
  if (owner.pid === process.pid) return msFromIso(owner.since) < Math.floor(performance.timeOrigin);
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    // Anything but "no such process" (as EPERM, a process of another user) is no proof of death.
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function heldBy(disk: Disk, name: string, path: string, where: string): LockHeld {
  const text = textAt(disk, path);
  const owner = text === null ? null : ownerFrom(text);
  const who =
    owner === null
      ? 'an owner that its file does not name'
      : `process ${owner.pid} on host ${owner.host} since ${owner.since}`;
  const remedy = `wait for it to end; if it is gone for sure, remove ${path} in ${where}`;
  return { name, owner, message: `the lock "${name}" is held by ${who}; ${remedy}` };
}

function ownerText(owner: LockOwner): string {
  const { pid, host, since } = owner;
  return `${JSON.stringify({ pid, host, since })}\n`;
}

function ownerFrom(text: string): LockOwner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    if (!('pid' in value) || !('host' in value) || !('since' in value)) return null;
    const { pid, host, since } = value;
    const isOwner = Number.isSafeInteger(pid) && typeof host === 'string' && typeof since === 'string';
    return isOwner ? { pid: Number(pid), host, since } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function textAt(disk: Disk, path: string): string | null {
  return disk.read(path)?.toString('utf8') ?? null;
}
