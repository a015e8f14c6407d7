// Which signal an id that its agent chose was first used for. Rows are keyed by id, so an id that comes back months later,
// when its signal is long forgotten, must still be known; ids that Warden made are digests of their signal and need no log.

import { sha256Hex } from '../../domain/canonical.ts';
import type { Disk } from '../../ports.ts';

const FOLDER = 'alpha/event-ids';
/** First 16 hex digits of a SHA-256: 64 bits tell a billion ids apart. */
const DIGEST_CHARS = 16;
/** `<id digest> <content digest>\n`: fixed width, so a torn last line shows in the size. */
const LINE_BYTES = 2 * DIGEST_CHARS + 2;

/** The log of one run: shards are read when an id of theirs is asked for. */
export interface IdLog {
  /** Whether `eventId` was used before for other content. */
  isOtherSignal(eventId: string, contentSha256: string): boolean;
  /** Notes what `eventId` stands for now, unless it is noted already or is itself the digest of its content. */
  note(eventId: string, contentSha256: string): void;
  /** Appends what was noted, one write per shard. A signal that is noted twice is the same signal. */
  save(): void;
}

/** Opens the log; its only writer is reconcile, under its lock. */
export function openIdLog(disk: Disk): IdLog {
  const shards = new Map<string, { readonly known: Map<string, string>; fresh: string[] }>();
  const shardOf = (idDigest: string) => {
    const name = idDigest.slice(0, 2);
    const open = shards.get(name) ?? { known: readShard(disk, name), fresh: [] };
    shards.set(name, open);
    return open;
  };
  const digestsOf = (eventId: string, contentSha256: string): readonly [string, string] => [
    sha256Hex(eventId).slice(0, DIGEST_CHARS),
    contentSha256.slice(0, DIGEST_CHARS),
  ];
  return {
    isOtherSignal(eventId, contentSha256) {
      if (eventId === contentSha256) return false;
      const [id, content] = digestsOf(eventId, contentSha256);
      return (shardOf(id).known.get(id) ?? content) !== content;
    },
    note(eventId, contentSha256) {
      if (eventId === contentSha256) return;
      const [id, content] = digestsOf(eventId, contentSha256);
      const shard = shardOf(id);
      if (shard.known.get(id) === content) return;
      shard.known.set(id, content);
      shard.fresh.push(`${id} ${content}\n`);
    },
    save() {
      for (const [name, shard] of shards) {
        if (shard.fresh.length > 0) appendTo(disk, name, shard.fresh.join(''));
        shard.fresh = [];
      }
    },
  };
}

function pathOf(shard: string): string {
  return `${FOLDER}/${shard}.log`;
}

/** A later line of one id wins: until it has rows, the event with the lower digest may still take an id over. */
function readShard(disk: Disk, shard: string): Map<string, string> {
  const text = disk.read(pathOf(shard))?.toString('latin1') ?? '';
  const known = new Map<string, string>();
  for (let start = 0; start + LINE_BYTES <= text.length; start += LINE_BYTES) {
    const middle = start + DIGEST_CHARS;
    known.set(text.slice(start, middle), text.slice(middle + 1, middle + 1 + DIGEST_CHARS));
  }
  return known;
}

function appendTo(disk: Disk, shard: string, lines: string): void {
  const path = pathOf(shard);
  const size = disk.size(path) ?? 0;
  if (size % LINE_BYTES !== 0) disk.truncate(path, size - (size % LINE_BYTES));
  disk.append(path, lines);
}
