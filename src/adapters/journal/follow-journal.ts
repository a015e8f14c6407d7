// Follows a journal beside the kernel that writes it: a kernel of its own is stepped through what was sealed, and nothing is written.

import type { Effect } from '../../kernel/effect.ts';
import type { KernelEvent } from '../../kernel/event.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { JournalDisk } from '../../ports.ts';
import { damage, isFault, type JournalFault } from './journal-fault.ts';
import { beginningOf, replayGroup, type Watch, withHead } from './journal-replay.ts';
import {
  type Group,
  headOf,
  readSegment,
  type SealedPlace,
  type SegmentName,
  type SegmentPart,
  sealedGroups,
  segmentName,
  segmentsOf,
} from './segment.ts';
import { readSnapshot, snapshotsOf } from './snapshot-file.ts';

/** How far somebody has followed: the last record, and the digest of the seal behind it. */
export interface JournalPlace {
  readonly seq: number;
  readonly chain: string;
}

/** A record that was followed. The state after it is to be read at once, and neither kept nor changed. */
export interface FollowedRecord {
  readonly seq: number;
  readonly event: KernelEvent;
  readonly outcome: Outcome;
  readonly effects: readonly Effect[];
}

/**
 * What came of one look. read: it went on, by so many records, which may be none; there may be more. nothing: none, for now. gone: these
 * numbers are not there any more, and it goes on behind them. other: the place was one of another journal, and it goes on from the first
 * record of this one. fault: it stays where it was, and may be asked again.
 */
export type Followed =
  | { readonly kind: 'read'; readonly records: number }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'gone'; readonly from: number; readonly to: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'fault'; readonly fault: JournalFault };

export interface JournalFollower {
  /** Where it is, between two groups; `null` before it has found its begin. */
  readonly place: JournalPlace | null;
  /** The kernel's state there; `null` until the place is found in the journal. To be read at once. */
  readonly state: KernelState | null;
  /**
   * Takes whole groups, about {@link WINDOW_BYTES} of them, in the order of the journal. Records up to the place that it was begun from are
   * applied and not shown; a look ends there, so that the state can be seen before the first record that is shown.
   *
   * @param toSeq no record beyond this one: what is sealed may not be durable yet.
   */
  look(visit: (record: FollowedRecord, state: KernelState) => void, toSeq: number): Followed;
}

/** About two thousand records, so that whoever follows is never away for long. A group that is longer is read as a whole. */
const WINDOW_BYTES = 524_288;

/**
 * Returns a follower that goes on behind `from`, from the newest snapshot before it, or from the first record.
 *
 * @param from `null`: everything is shown.
 */
export function followJournal(disk: JournalDisk, from: JournalPlace | null): JournalFollower {
  return new Follower(disk, from);
}

/** Where in the files it is. The state is that after the last sealed record before it. */
interface Position {
  state: KernelState;
  name: string;
  /** Byte behind the last seal that was taken; 0: not even the head was. */
  offset: number;
  check: number;
  chain: string;
}

class Follower implements JournalFollower {
  private position: Position | null = null;
  /** What is not reached yet, and whose records are therefore not shown. */
  private target: JournalPlace | null;
  private readonly disk: JournalDisk;

  constructor(disk: JournalDisk, from: JournalPlace | null) {
    this.disk = disk;
    this.target = from === null || from.seq === 0 ? null : from;
  }

  get place(): JournalPlace | null {
    const { position } = this;
    return position === null || this.target !== null
      ? this.target
      : { seq: position.state.seq, chain: position.chain };
  }

  get state(): KernelState | null {
    return this.target === null ? (this.position?.state ?? null) : null;
  }

  look(visit: (record: FollowedRecord, state: KernelState) => void, toSeq: number): Followed {
    const { position } = this;
    // Listed before anything is read: whoever begins a segment has sealed all of the one before it.
    const segments = segmentsOf(this.disk);
    if (position === null) return this.begin(segments);
    if (isMovedAway(position, segments)) return this.atEnd(position, false, segments);
    const part = this.sealedPart(position);
    if (isFault(part)) return faulty(part);
    if (part.groups.length > 0) return this.take(position, part, visit, toSeq);
    return this.atEnd(position, part.hasSurplus, segments);
  }

  private begin(segments: readonly SegmentName[]): Followed {
    if (segments.length === 0) return { kind: 'nothing' };
    const wanted = this.target?.seq ?? 0;
    const before = beginBefore(this.disk, segments, wanted);
    if (before === null) return this.goOnBehind(segments, wanted + 1);
    if (isFault(before)) return faulty(before);
    this.position = before;
    return this.isPassed(before) ? this.otherJournal() : { kind: 'read', records: 0 };
  }

  /** The records from `seq` on are not there: it goes on from the first snapshot behind them that the journal still continues. */
  private goOnBehind(segments: readonly SegmentName[], seq: number): Followed {
    const behind = beginBehind(this.disk, segments, seq);
    if (behind === null) {
      const name = segments.find(({ first }) => first >= seq)?.name ?? segments[0]?.name ?? '';
      return faulty(
        damage(
          { file: name, offset: 0, record: seq },
          `record ${seq} is missing, and no snapshot stands for it`,
        ),
      );
    }
    this.position = behind;
    this.target = null;
    return { kind: 'gone', from: seq, to: behind.state.seq };
  }

  /** What is sealed and was not taken yet, of about one window. */
  private sealedPart(position: Position): SealedPart | JournalFault {
    const { name, offset, check, chain, state } = position;
    const size = this.disk.size(name) ?? 0;
    if (size < offset)
      return damage(
        { file: name, offset: size, record: state.seq },
        'the segment is shorter than what was read of it before',
      );
    for (let bytes = WINDOW_BYTES; ; bytes *= 2) {
      const to = Math.min(size, offset + bytes);
      const part: SegmentPart = { name, bytes: this.disk.readRange(name, offset, to), base: offset };
      const place =
        offset > 0
          ? { at: 0, check, lastSeq: state.seq, chain, covered: 0 }
          : this.behindHead(position, part);
      if (isFault(place)) return place;
      const found = sealedGroups(part, place);
      if (isFault(found)) return found;
      if (found.groups.length > 0 || to === size)
        return { part, groups: found.groups, hasSurplus: found.place.at < part.bytes.length };
    }
  }

  private behindHead(position: Position, part: SegmentPart): SealedPlace | JournalFault {
    const found = headOf(part);
    if (isFault(found)) return found;
    const { head, place } = found;
    if (head.chain !== position.chain)
      return damage(
        { file: part.name, offset: 0, record: head.first },
        'the head goes on from another seal than the last one before it',
      );
    const configured = withHead(part.name, head, position.state);
    if (isFault(configured)) return configured;
    position.state = configured;
    return place;
  }

  private take(
    position: Position,
    { part, groups }: SealedPart,
    visit: (record: FollowedRecord, state: KernelState) => void,
    toSeq: number,
  ): Followed {
    const before = this.place;
    const offsetBefore = position.offset;
    const seqBefore = position.state.seq;
    for (const group of groups) {
      const isShown = this.target === null;
      if (isShown && group.lastSeq > toSeq) break;
      const watch: Watch = (event, outcome, effects, state) => {
        if (isShown) visit({ seq: state.seq, event, outcome, effects }, state);
      };
      const fault = replayGroup(part, group, position.state, watch, []);
      if (fault !== null) {
        // The state is between two seals now, so the next look begins again.
        this.restartAt(before);
        return faulty(fault);
      }
      position.offset = part.base + group.next;
      position.check = group.check;
      position.chain = group.chain;
      if (this.isPassed(position)) return this.otherJournal();
      // Whoever follows wants to see the state of its place before the first record behind it.
      if (!isShown && this.target === null) break;
    }
    if (position.offset === offsetBefore) return { kind: 'nothing' };
    return { kind: 'read', records: position.state.seq - seqBefore };
  }

  /** Everything that is sealed here was taken, or is not here any more: another segment follows, or nothing does for now. */
  private atEnd(position: Position, hasSurplus: boolean, segments: readonly SegmentName[]): Followed {
    const seq = position.state.seq + 1;
    const next = segmentName(seq);
    if (next !== position.name && segments.some(({ name }) => name === next)) {
      if (hasSurplus)
        return faulty(
          damage(
            { file: position.name, offset: position.offset, record: seq },
            'the segment ends without a seal, although another one follows',
          ),
        );
      [position.name, position.offset] = [next, 0];
      return { kind: 'read', records: 0 };
    }
    if (segments.some(({ first }) => first > seq))
      return this.goOnBehind(segments, Math.max(seq, (this.target?.seq ?? 0) + 1));
    return this.target === null ? { kind: 'nothing' } : this.otherJournal();
  }

  /** Notes that the target is reached; `true` where it was passed without that, and so is none of this journal. */
  private isPassed({ state, chain }: Position): boolean {
    if (this.target?.seq === state.seq && this.target.chain === chain) this.target = null;
    return this.target !== null && state.seq > this.target.seq;
  }

  private otherJournal(): Followed {
    this.restartAt(null);
    return { kind: 'other' };
  }

  private restartAt(place: JournalPlace | null): void {
    this.position = null;
    this.target = place?.seq === 0 ? null : place;
  }
}

interface SealedPart {
  readonly part: SegmentPart;
  readonly groups: readonly Group[];
  /** Whether something follows that is not sealed. */
  readonly hasSurplus: boolean;
}

/** Whether the segment is not there any more, although later ones are: old ones may be moved elsewhere while somebody reads them. */
function isMovedAway({ name, state }: Position, segments: readonly SegmentName[]): boolean {
  return segments.every((each) => each.name !== name) && segments.some(({ first }) => first > state.seq);
}

function faulty(fault: JournalFault): Followed {
  return { kind: 'fault', fault };
}

/** The newest state at `seq` or before it that the journal goes on from; `null` where there is none. */
function beginBefore(
  disk: JournalDisk,
  segments: readonly SegmentName[],
  seq: number,
): Position | JournalFault | null {
  for (const snapshot of snapshotsOf(disk)) {
    if (snapshot.seq > seq) continue;
    const position = positionOf(disk, segments, snapshot.name);
    if (position !== null) return position;
  }
  const [first] = segments;
  if (first?.first !== 1) return null;
  const begin = beginningOf(disk, first.name);
  return isFault(begin) ? begin : { ...begin, name: first.name, offset: 0, check: 0 };
}

/** The oldest state at `seq` or behind it. */
function beginBehind(disk: JournalDisk, segments: readonly SegmentName[], seq: number): Position | null {
  for (const snapshot of [...snapshotsOf(disk)].reverse()) {
    if (snapshot.seq < seq) continue;
    const position = positionOf(disk, segments, snapshot.name);
    if (position !== null) return position;
  }
  return null;
}

/** Where the journal goes on from a snapshot; `null` where that does not verify, or is of another journal. */
function positionOf(disk: JournalDisk, segments: readonly SegmentName[], snapshot: string): Position | null {
  const read = readSnapshot(disk, snapshot);
  if (!read.ok) return null;
  const { state, chain } = read.value;
  const name = segments.findLast(({ first }) => first <= state.seq + 1)?.name;
  const segment = name === undefined ? null : readSegment(disk, name);
  if (segment === null || isFault(segment)) return null;
  const { head, groups } = segment;
  if (head.first === state.seq + 1 && head.chain === chain)
    return { state, chain, name: segment.name, offset: 0, check: 0 };
  const group = groups.find((one) => one.lastSeq === state.seq && one.chain === chain);
  if (group === undefined) return null;
  return { state, chain, name: segment.name, offset: group.next, check: group.check };
}
