// How a sink is, in the words of the status page, from how far it has come.

import type { SinkProgress } from '../../adapters/sinks/follower.ts';
import type { SinkHealth } from '../record.ts';

/** A write that takes longer is one that may never be answered. */
const ANSWER_MS = 30_000;
/** What is behind for longer does not keep up. */
const BEHIND_MS = 60_000;

/**
 * Returns how a sink is.
 *
 * @param durableSeq the journal's last durable record
 */
export function sinkHealth(progress: SinkProgress, durableSeq: number, nowMs: number): SinkHealth {
  const { name, seq, failures, failure, lastAtMs, writingSinceMs, behindSinceMs } = progress;
  const lag = Math.max(0, durableSeq - seq);
  const plain = { name, lag, failures, lastAtMs };
  if (failure !== null) return { ...plain, state: 'down', why: failure };
  const writingMs = writingSinceMs === null ? 0 : nowMs - writingSinceMs;
  if (writingMs > ANSWER_MS)
    return { ...plain, state: 'down', why: `it has not answered for ${Math.round(writingMs / 1_000)} s` };
  const behindMs = lag === 0 || behindSinceMs === null ? 0 : nowMs - behindSinceMs;
  if (behindMs > BEHIND_MS)
    return { ...plain, state: 'stale', why: `${lag} records behind, for ${Math.round(behindMs / 1_000)} s` };
  return { ...plain, state: 'up', why: '' };
}
