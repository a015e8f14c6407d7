// Snapshots: the whole state after one record, so that a kernel that begins again need not apply everything since its first day.

import { sha256Hex } from '../../domain/canonical.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { decodeState, encodeState } from '../../kernel/codec-state.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { JournalDisk } from '../../ports.ts';
import { hashOf } from './journal-line.ts';
import { writeWhole } from './whole-file.ts';

/** The newest is what a kernel begins from; the one before it is there for the day when the newest does not verify. */
const KEPT = 2;
const NAME = /^snapshot-(\d{12})\.json$/;
/** What no other file of a journal begins with. */
const BEGIN = '{"v":';
const HEAD = /^\{"v":1,"seq":(\d{1,16}),"hash":"([0-9a-f]{16})","chain":"([0-9a-f]{64})","state":/;
/** `,"sha256":"…"}` and a line end: the digest of everything before it. */
const SEAL_CHARS = 78;

interface Snapshot {
  readonly name: string;
  readonly state: KernelState;
  /** The digest of the journal's last seal before it. */
  readonly chain: string;
}

interface SnapshotName {
  readonly name: string;
  readonly seq: number;
}

/** Returns the snapshots of a folder, newest first. */
export function snapshotsOf(disk: JournalDisk): readonly SnapshotName[] {
  const found = disk.list().flatMap((name) => {
    const seq = NAME.exec(name)?.[1];
    return seq === undefined ? [] : [{ name, seq: Number(seq) }];
  });
  return found.reverse();
}

/** Writes the snapshot of a state, atomically, then removes those beyond the newest two. Throws where the disk does. */
export function writeSnapshot(disk: JournalDisk, state: KernelState, chain: string): void {
  const { seq } = state;
  const body = `{"v":1,"seq":${seq},"hash":"${hashOf(state)}","chain":"${chain}","state":${encodeState(state)}`;
  const name = `snapshot-${String(seq).padStart(12, '0')}.json`;
  writeWhole(disk, name, `${body},"sha256":"${sha256Hex(body)}"}\n`);
  for (const old of snapshotsOf(disk).slice(KEPT)) disk.remove(old.name);
}

/** Reads a snapshot and verifies it, or says what is wrong with it. */
export function readSnapshot(disk: JournalDisk, name: string): Result<Snapshot, string> {
  const text = disk.readRange(name, 0, disk.size(name) ?? 0).toString('utf8');
  const body = text.slice(0, -SEAL_CHARS);
  if (!text.startsWith(BEGIN)) return err('it is no snapshot, or its beginning is damaged');
  if (text.slice(-SEAL_CHARS) !== `,"sha256":"${sha256Hex(body)}"}\n`)
    return err('its content does not fit its SHA-256');
  const head = HEAD.exec(body);
  if (head === null) return err('it is no snapshot of version 1');
  const [before, seq, hash, chain = ''] = head;
  const state = decodeState(body.slice(before.length));
  if (!state.ok) return err(`${state.error.path} ${state.error.message}`.trimStart());
  if (state.value.seq !== Number(seq) || hashOf(state.value) !== hash)
    return err('its head is of another state than it holds');
  return ok({ name, state: state.value, chain });
}
