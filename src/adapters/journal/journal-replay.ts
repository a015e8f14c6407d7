// Applies a journal's records again, and holds each to the state hash that was written beside it.

import { problemText } from '../../domain/problem.ts';
import { decodeEvent } from '../../kernel/codec.ts';
import { decodeConfig, encodeConfig } from '../../kernel/codec-state.ts';
import type { KernelConfig } from '../../kernel/config.ts';
import { createKernel } from '../../kernel/create.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { KernelState } from '../../kernel/state.ts';
import { step } from '../../kernel/step.ts';
import type { JournalDisk } from '../../ports.ts';
import { damage, difference, isFault, type JournalFault } from './journal-fault.ts';
import { type Head, hashOf } from './journal-line.ts';
import {
  type Group,
  lineAt,
  lineEnd,
  readSegment,
  type Segment,
  type SegmentName,
  type SegmentPart,
} from './segment.ts';

/** An event that a kernel stopped at. It never became part of the history: whoever replays passes over it. */
export interface Poison {
  /** Number that its record would have had. */
  readonly seq: number;
  readonly error: string;
}

/** Sees every event that was applied again. `state`: after it, to be read at once. */
export type Watch = (
  event: KernelEvent,
  outcome: Outcome,
  effects: readonly Effect[],
  state: KernelState,
) => void;

export interface Replayed {
  readonly state: KernelState;
  /** The segment where the journal ends. */
  readonly last: Segment;
  readonly records: number;
  readonly poisons: readonly Poison[];
}

/** The begin of a replay: a state, and the digest of the journal's last seal before it. */
export interface ReplayStart {
  readonly state: KernelState;
  readonly chain: string;
}

/** The journal is sound, but what was to be replayed does not go on from the state that was given. */
export const NOT_OF_THIS_JOURNAL = 'the snapshot goes on from another seal than the journal has there';

/**
 * Applies what `segments` hold beyond `start`. The state is changed in place.
 *
 * @param segments without a gap; the first holds the record after `start`, or ends with the one before it.
 */
export function replaySegments(
  disk: JournalDisk,
  segments: readonly SegmentName[],
  start: ReplayStart,
  watch: Watch = () => {},
): Replayed | JournalFault {
  const poisons: Poison[] = [];
  let { state, chain } = start;
  let last: Segment | null = null;
  const seqBefore = state.seq;
  for (const { name } of segments) {
    const segment = readSegment(disk, name);
    if (isFault(segment)) return segment;
    const fault = last === null ? startFault(segment, state.seq, chain) : seamFault(last, segment);
    if (fault !== null) return fault;
    const configured = withHead(segment.name, segment.head, state);
    if (isFault(configured)) return configured;
    state = configured;
    for (const group of segment.groups) {
      if (group.lastSeq < state.seq) continue;
      const stopped = replayGroup(segment, group, state, watch, poisons);
      if (stopped !== null) return stopped;
    }
    chain = segment.chain;
    last = segment;
  }
  if (last === null) return damage({ file: '', offset: 0, record: null }, 'there is no journal');
  return { state, last, records: state.seq - seqBefore, poisons };
}

/** A seal, or the head, has to stand exactly where the state was taken. */
function startFault(segment: Segment, seq: number, chain: string): JournalFault | null {
  const { head, groups, name } = segment;
  const isHead = head.first === seq + 1 && head.chain === chain;
  if (isHead || groups.some((group) => group.lastSeq === seq && group.chain === chain)) return null;
  return damage({ file: name, offset: 0, record: seq }, NOT_OF_THIS_JOURNAL);
}

function seamFault(before: Segment, segment: Segment): JournalFault | null {
  const { head, name } = segment;
  if (before.sealedBytes < before.bytes.length) {
    const place = { file: before.name, offset: before.sealedBytes, record: before.lastSeq + 1 };
    return damage(place, 'the segment ends without a seal, although another one follows');
  }
  const place = { file: name, offset: 0, record: before.lastSeq + 1 };
  if (head.first !== before.lastSeq + 1)
    return damage(place, `records are missing: ${before.name} ends with ${before.lastSeq}`);
  if (head.chain !== before.chain)
    return damage(place, `the head goes on from another seal than the last one of ${before.name}`);
  return null;
}

/** Returns the state before the first record of a journal, as its head says, and what its first seal goes on from. */
export function beginningOf(disk: JournalDisk, name: string): ReplayStart | JournalFault {
  const segment = readSegment(disk, name);
  if (isFault(segment)) return segment;
  const { config, chain } = segment.head;
  const decoded = decodeConfig(config);
  if (decoded.ok) return { state: createKernel(decoded.value), chain };
  return damage({ file: name, offset: 0, record: null }, problemText(decoded.error));
}

/** Returns the state under the configuration of a segment that begins here: limits may change there, and its head says so. */
export function withHead(name: string, head: Head, state: KernelState): KernelState | JournalFault {
  if (head.first !== state.seq + 1) return state;
  const place = { file: name, offset: 0, record: head.first };
  const actual = hashOf(state);
  if (head.hash !== actual)
    return difference(place, `the segment begins from the state ${head.hash}, and this one is ${actual}`, {
      expected: head.hash,
      actual,
    });
  const config = decodeConfig(head.config);
  return config.ok ? configured(state, config.value) : damage(place, problemText(config.error));
}

/** Returns the state under a configuration, the same one where it is that already. */
export function configured(state: KernelState, config: KernelConfig): KernelState {
  return encodeConfig(config) === encodeConfig(state.config) ? state : { ...state, config };
}

/** Applies the records of one group that the state does not have yet. What a kernel stopped at is passed over, and added to `poisons`. */
export function replayGroup(
  part: SegmentPart,
  group: Group,
  state: KernelState,
  watch: Watch,
  poisons: Poison[],
): JournalFault | null {
  const { bytes, name, base } = part;
  for (let at = group.start; at < group.end; ) {
    const end = lineEnd(bytes, at);
    const line = lineAt(bytes, at, end);
    const place = { file: name, offset: base + at, record: state.seq + 1 };
    if (line?.kind === 'poison') poisons.push({ seq: line.seq, error: line.error });
    else if (line?.kind !== 'record') return damage(place, 'the line is no record of this version');
    else if (line.seq > state.seq) {
      const fault = replayRecord(state, line, place, watch);
      if (fault !== null) return fault;
    }
    at = end + 1;
  }
  return null;
}

function replayRecord(
  state: KernelState,
  line: { readonly seq: number; readonly hash: string; readonly event: string },
  place: { readonly file: string; readonly offset: number; readonly record: number },
  watch: Watch,
): JournalFault | null {
  if (line.seq !== place.record) return damage(place, `expected record ${place.record}; found ${line.seq}`);
  const event = decodeEvent(line.event);
  if (!event.ok) return difference(place, `the event cannot be read: ${problemText(event.error)}`, null);
  let applied: ReturnType<typeof step>;
  try {
    applied = step(state, event.value);
  } catch (error) {
    return difference(place, `applying it failed, which it did not before: ${String(error)}`, null);
  }
  watch(event.value, applied.outcome, applied.effects, state);
  const actual = hashOf(state);
  if (actual === line.hash) return null;
  const problem = `its ${event.value.kind} led to the state ${line.hash}, and now leads to ${actual}`;
  return difference(place, problem, { expected: line.hash, actual });
}
