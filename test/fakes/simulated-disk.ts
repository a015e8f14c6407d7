// A JournalDisk in memory that tells what a program sees from what a power cut leaves, and that fails where it is told to.

import { assert } from '../../src/domain/assert.ts';
import type { JournalDisk } from '../../src/ports.ts';

/** What the disk asks before it fails; each has an answer of a disk that works. Nothing here is random. */
export interface DiskDecisions {
  /** How many of the `unsynced` bytes at the end of a file survive a power cut; default: none. */
  survivingBytes?(name: string, unsynced: number): number;
  /** Whether a change of a name that was not synced survives a power cut; default: no. Later changes of names do not outlive earlier ones. */
  doesNameSurvive?(name: string): boolean;
  /** How many bytes of an append are taken; default: all for which there is room. */
  takenBytes?(name: string, bytes: number): number;
  /** Whether a sync only says that it was done. */
  isSyncLie?(name: string): boolean;
}

export interface SimulatedDisk extends JournalDisk {
  /** The power goes: whatever was not synced is lost, except what the decisions let survive. */
  cutPower(): void;
  /** Turns one bit of a file, where it is durable too. */
  flipBit(name: string, byte: number, bit: number): void;
  /** Bytes of all files together; `null`: no end. */
  setCapacity(bytes: number | null): void;
  /** How often a file was synced. */
  syncs(): number;
}

/** One file, whatever its name: what is read of it, and what of that is on the platter. Both grow in place, since journals are long. */
interface Body {
  bytes: Buffer;
  length: number;
  durable: Buffer;
  durableLength: number;
  /** What lies before is the same in both. */
  sameTo: number;
}

interface NameChange {
  readonly name: string;
  readonly body: Body | null;
}

export function simulatedDisk(decisions: DiskDecisions = {}): SimulatedDisk {
  let names = new Map<string, Body>();
  let durableNames = new Map<string, Body>();
  let changes: NameChange[] = [];
  let capacity: number | null = null;
  let syncs = 0;

  const bodyOf = (name: string): Body => {
    const body = names.get(name);
    assert(body !== undefined, () => `${name} does not exist`);
    return body;
  };
  const setName = (name: string, body: Body | null): void => {
    if (body === null) names.delete(name);
    else names.set(name, body);
    changes.push({ name, body });
  };
  const room = (): number => {
    if (capacity === null) return Number.POSITIVE_INFINITY;
    let used = 0;
    for (const body of names.values()) used += body.length;
    return Math.max(0, capacity - used);
  };
  const grow = (body: Body, bytes: Uint8Array): void => {
    body.bytes = withRoom(body.bytes, body.length, body.length + bytes.length);
    body.bytes.set(bytes, body.length);
    body.length += bytes.length;
  };
  const take = (name: string, body: Body, bytes: Uint8Array): number => {
    const wanted = decisions.takenBytes?.(name, bytes.length) ?? bytes.length;
    const taken = Math.min(wanted, bytes.length, room());
    if (taken === 0 && bytes.length > 0) throw noSpace(name);
    grow(body, bytes.subarray(0, taken));
    return taken;
  };

  return {
    list: () => [...names.keys()].sort(),
    size: (name) => names.get(name)?.length ?? null,
    readRange: (name, from, to) => {
      const { bytes, length } = bodyOf(name);
      return Buffer.from(bytes.subarray(from, Math.max(from, Math.min(to, length))));
    },
    append(name, bytes) {
      if (!names.has(name)) setName(name, emptyBody());
      return take(name, bodyOf(name), bytes);
    },
    sync(name) {
      syncs += 1;
      if (decisions.isSyncLie?.(name) === true) return;
      const body = bodyOf(name);
      body.durable = withRoom(body.durable, body.durableLength, body.length);
      body.bytes.copy(body.durable, body.sameTo, body.sameTo, body.length);
      [body.durableLength, body.sameTo] = [body.length, body.length];
    },
    truncate(name, bytes) {
      const body = bodyOf(name);
      body.length = Math.min(body.length, bytes);
      body.sameTo = Math.min(body.sameTo, body.length);
    },
    writeNew(name, bytes) {
      const body = emptyBody();
      setName(name, body);
      for (let written = 0; written < bytes.length; ) written += take(name, body, bytes.subarray(written));
    },
    rename(from, to) {
      const body = bodyOf(from);
      setName(to, body);
      setName(from, null);
    },
    syncFolder() {
      durableNames = new Map(names);
      changes = [];
    },
    remove(name) {
      if (names.has(name)) setName(name, null);
    },
    close: () => {},
    cutPower() {
      for (const { name, body } of changes) {
        if (decisions.doesNameSurvive?.(name) !== true) break;
        if (body === null) durableNames.delete(name);
        else durableNames.set(name, body);
      }
      changes = [];
      names = new Map(durableNames);
      for (const [name, body] of names) {
        const unsynced = Math.max(0, body.length - body.durableLength);
        const kept = unsynced === 0 ? 0 : (decisions.survivingBytes?.(name, unsynced) ?? 0);
        // What was written over or cut without a sync is as if it had not been.
        const rest = body.bytes.subarray(body.durableLength, body.durableLength + kept);
        body.bytes = Buffer.concat([body.durable.subarray(0, body.durableLength), rest]);
        body.durable = Buffer.from(body.bytes);
        body.length = body.bytes.length;
        [body.durableLength, body.sameTo] = [body.length, body.length];
      }
    },
    flipBit(name, byte, bit) {
      const body = bodyOf(name);
      assert(byte < body.length && bit < 8, () => `${name} has no byte ${byte}`);
      body.bytes.writeUInt8(body.bytes.readUInt8(byte) ^ (1 << bit), byte);
      if (byte < body.durableLength) body.durable.writeUInt8(body.durable.readUInt8(byte) ^ (1 << bit), byte);
    },
    setCapacity(bytes) {
      capacity = bytes;
    },
    syncs: () => syncs,
  };
}

function emptyBody(): Body {
  return { bytes: Buffer.alloc(0), length: 0, durable: Buffer.alloc(0), durableLength: 0, sameTo: 0 };
}

/** Returns the buffer, or a larger one with its first `length` bytes, that holds `needed` bytes. */
function withRoom(buffer: Buffer, length: number, needed: number): Buffer {
  if (needed <= buffer.length) return buffer;
  const larger = Buffer.alloc(Math.max(256, 2 * needed));
  buffer.copy(larger, 0, 0, length);
  return larger;
}

function noSpace(name: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, write '${name}'`), {
    code: 'ENOSPC',
    syscall: 'write',
  });
}
