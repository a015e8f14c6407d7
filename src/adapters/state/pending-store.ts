// alpha/pending.json, reconcile's memory between runs. Derived: where it cannot be read, it is rebuilt from the events.

import { canonicalJson } from '../../domain/canonical.ts';
import { eventLine } from '../../domain/event.ts';
import { type OpenEvent, Pending } from '../../domain/pending.ts';
import type { Result } from '../../domain/result.ts';
import type { Disk } from '../../ports.ts';
import { readJsonFile, type SaveOutcome, writeFileIfChanged } from './json-file.ts';

const PATH = 'alpha/pending.json';

/** Returns what the last run left, `null` where there is nothing yet, or why it cannot be used: then rebuild it. */
export function loadPending(disk: Disk): Result<Pending | null, string> {
  return readJsonFile(disk, PATH, Pending);
}

/**
 * Stores the open events, oldest first, whatever their order was: equal memory is equal bytes. Each shard and each
 * event has a line of its own, so that a diff shows what changed.
 */
export function savePending(disk: Disk, pending: Pending): SaveOutcome {
  return writeFileIfChanged(disk, PATH, pendingText(pending));
}

function pendingText(pending: Pending): string {
  const { files, events, ...head } = pending;
  const shards = Object.keys(files)
    .sort()
    .map((shard) => `${JSON.stringify(shard)}:${canonicalJson(files[shard])}`);
  const lines = events.toSorted(byTime).map(openEventLine);
  return `${canonicalJson(head).slice(0, -1)},"files":{${block(shards)}},"events":[${block(lines)}]}\n`;
}

/** Keys as RFC 8785 orders them, but the event as it stands in its shard: a large backlog is written at every step. */
function openEventLine({ content_sha256, event, open, shard }: OpenEvent): string {
  const head = `{"content_sha256":${JSON.stringify(content_sha256)},"event":${eventLine(event)}`;
  return `${head},"open":${JSON.stringify(open)},"shard":${JSON.stringify(shard)}}`;
}

function block(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${lines.join(',\n')}\n`;
}

function byTime(a: OpenEvent, b: OpenEvent): number {
  return compareText(a.event.ts, b.event.ts) || compareText(a.event.event_id, b.event.event_id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
