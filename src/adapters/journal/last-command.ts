// The last command of a person that a journal holds, found from its end: what a kernel was told may be far behind the snapshot it begins from.

import { decodeEvent } from '../../kernel/codec.ts';
import type { CommandEvent } from '../../kernel/event.ts';
import type { JournalDisk } from '../../ports.ts';
import { lineAt, segmentsOf } from './segment.ts';

const NEEDLE = Buffer.from('"e":{"kind":"COMMAND"');
const LINE_FEED = 0x0a;

/** What is read at once, from the end on. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/** A start does not wait longer than for this: about half a second. */
const BYTES_MAX = 1024 * 1024 * 1024;

/** A record begins so soon before its event, and a command ends so soon behind it. */
const LEAD_BYTES = 128;
const COMMAND_BYTES_MAX = 64 * 1024;

/**
 * Returns the newest command that `accepts` takes, or `null` where what is looked through holds none. Checksums are not looked at: a
 * recovery has done that.
 *
 * @param bytesMax how much of the journal's end is looked through.
 * @param windowBytes what of it is read at once.
 */
export function lastCommand(
  disk: JournalDisk,
  accepts: (command: CommandEvent) => boolean,
  bytesMax = BYTES_MAX,
  windowBytes = WINDOW_BYTES,
): CommandEvent | null {
  let left = bytesMax;
  for (const { name } of segmentsOf(disk).toReversed()) {
    const size = disk.size(name) ?? 0;
    for (let to = size; to > 0 && left > 0; to -= windowBytes, left -= windowBytes) {
      const from = Math.max(0, to - windowBytes);
      // A command that begins in this window may end in the one behind it.
      const window = disk.readRange(name, from, Math.min(size, to + COMMAND_BYTES_MAX));
      const found = lastIn(window, to - from, accepts) ?? atSeam(disk, name, from, accepts);
      if (found !== null) return found;
    }
  }
  return null;
}

/** The record of an event that begins just behind a seam has its own begin before it. */
function atSeam(
  disk: JournalDisk,
  name: string,
  seam: number,
  accepts: (command: CommandEvent) => boolean,
): CommandEvent | null {
  if (seam === 0) return null;
  const from = Math.max(0, seam - LEAD_BYTES);
  const bytes = disk.readRange(name, from, seam + LEAD_BYTES + COMMAND_BYTES_MAX);
  return lastIn(bytes, seam - from + LEAD_BYTES, accepts);
}

/** Looks for events that begin before `end`. A text that only quotes one is inside a string, where its quotes are escaped. */
function lastIn(
  bytes: Buffer,
  end: number,
  accepts: (command: CommandEvent) => boolean,
): CommandEvent | null {
  for (let at = end; at > 0; ) {
    at = bytes.lastIndexOf(NEEDLE, at - 1);
    if (at < 0) return null;
    const command = commandAt(bytes, at);
    if (command !== null && accepts(command)) return command;
  }
  return null;
}

function commandAt(bytes: Buffer, at: number): CommandEvent | null {
  const start = bytes.lastIndexOf(LINE_FEED, at) + 1;
  const end = bytes.indexOf(LINE_FEED, at);
  const line = end < 0 ? null : lineAt(bytes, start, end);
  if (line?.kind !== 'record') return null;
  const event = decodeEvent(line.event);
  return event.ok && event.value.kind === 'COMMAND' ? event.value : null;
}
