// What reconcile remembers, rebuilt from events, rows and rejects without asking for a single price, and held against the file.

import { overlayDisk } from '../adapters/state/overlay-disk.ts';
import { loadPending, savePending } from '../adapters/state/pending-store.ts';
import type { Pending } from '../domain/pending.ts';
import type { Disk } from '../ports.ts';
import { backlogFrom, pendingFrom, prune } from '../supervision/backlog.ts';
import type { ReconcileRules } from '../supervision/rules.ts';
import { readEventsInto, recallContext } from './read-events.ts';
import type { VerifyLine, VerifyVerdict } from './verify-ground.ts';

const FILE = 'alpha/pending.json';
const EVENTS = 'alpha/events';

/**
 * Returns the line of `alpha/pending.json`. Events that came after it was written are not seen. What owes rows and how far events
 * were read must be the same; which settled signals are kept for overlaps, and since when, depends on the order of past runs,
 * and where only that differs the file is the same and a note says so.
 *
 * @throws CorruptStateError where rows or rejects cannot be read.
 */
export function verifyPending(disk: Disk, nowMs: number, rules: ReconcileRules): VerifyLine {
  const line = (verdict: VerifyVerdict, findings: readonly string[]): VerifyLine => ({
    file: FILE,
    kind: 'derived',
    verdict,
    findings,
  });
  const loaded = loadPending(disk);
  if (!loaded.ok) return line('differs', [`${loaded.error}; run warden reconcile`]);
  const stored = loaded.value;
  if (stored === null)
    return disk.list(EVENTS).length === 0
      ? line('same', ['there are no events yet'])
      : line('missing', ['run warden reconcile']);
  const overlay = overlayDisk(disk);
  const grown = cutToPositions(overlay, stored);
  const rebuilt = rebuild(overlay, nowMs, { ...rules, horizonsHours: stored.horizons_hours });
  const found = differenceOf(stored, rebuilt);
  if (found !== null) return line('differs', [`${found}; run warden reconcile`]);
  if (grown > 0) return line('behind', [`${grown} event files have news; run warden reconcile`]);
  savePending(overlay, rebuilt);
  const isEqual = overlay.read(FILE)?.equals(disk.read(FILE) ?? Buffer.alloc(0)) === true;
  return line(
    'same',
    isEqual ? [] : ['which settled signals are kept for overlaps depends on the order of runs'],
  );
}

/** Takes the events away that the file does not know, and returns in how many event files there were some. */
function cutToPositions(overlay: Disk, { files }: Pending): number {
  let grown = 0;
  for (const producer of overlay.list(EVENTS)) {
    for (const name of overlay.list(`${EVENTS}/${producer}`)) {
      const path = `${EVENTS}/${producer}/${name}`;
      const position = files[`${producer}/${name}`];
      if ((overlay.size(path) ?? 0) <= (position?.bytes ?? 0)) continue;
      // A line end that its writer still owed belongs to what was read.
      if (position !== undefined && (overlay.size(path) ?? 0) - position.bytes <= 1) continue;
      grown += 1;
      if (position === undefined) overlay.remove(path);
      else overlay.truncate(path, position.bytes);
    }
  }
  return grown;
}

function rebuild(overlay: Disk, nowMs: number, rules: ReconcileRules): Pending {
  const backlog = backlogFrom(null);
  const events = readEventsInto(backlog, {}, overlay, nowMs, rules);
  recallContext(backlog, overlay, rules);
  prune(backlog, nowMs, rules);
  return pendingFrom(backlog, events.files, rules);
}

/** Returns the first thing that matters and differs, or `null`. */
function differenceOf(stored: Pending, rebuilt: Pending): string | null {
  for (const shard of new Set([...Object.keys(stored.files), ...Object.keys(rebuilt.files)])) {
    const [left, right] = [stored.files[shard], rebuilt.files[shard]];
    if (left?.bytes !== right?.bytes || left?.tail_sha256 !== right?.tail_sha256)
      return `files.${shard}: ${left?.bytes ?? 'no'} bytes are stored as read; there are ${right?.bytes ?? 'none'}`;
  }
  const [before, after] = [openPairs(stored), openPairs(rebuilt)];
  const lost = [...after].find((pair) => !before.has(pair));
  if (lost !== undefined) return `events: ${lost} owes a row and is not remembered`;
  const extra = [...before].find((pair) => !after.has(pair));
  if (extra !== undefined) return `events: ${extra} is remembered as open, and owes no row`;
  if (stored.generated_at !== rebuilt.generated_at)
    return `generated_at: ${stored.generated_at} is stored; the newest event is of ${rebuilt.generated_at}`;
  return null;
}

/** `<event id>/<horizon> <digest>` of every open pair. */
function openPairs({ events }: Pending): Set<string> {
  return new Set(
    events.flatMap(({ event, open, content_sha256 }) =>
      open.map((horizon) => `${event.event_id}/${horizon} (content ${content_sha256.slice(0, 12)})`),
    ),
  );
}
