// Where events lie: one folder per producer, one file per month of `ts`, each with a single writer.

import { assert } from '../../domain/assert.ts';
import type { Disk } from '../../ports.ts';
import { MONTH_PATTERN, stemOf } from './state-path.ts';

const FOLDER = 'alpha/events';
const PRODUCER_PATTERN = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Whether `name` may be a producer: 1 to 32 lower-case letters, digits and hyphens, as `emit` or `pink`. */
export function isProducer(name: string): boolean {
  return PRODUCER_PATTERN.test(name);
}

/**
 * Rejects that reconcile writes stand under its own name, because a file has one writer; they name the shard they came
 * from. No event may be emitted under it.
 */
export const RECONCILE_REJECTS = 'reconcile';

/** Whether events may be emitted under `name`. */
export function isEventProducer(name: string): boolean {
  return isProducer(name) && name !== RECONCILE_REJECTS;
}

/** Asserts {@link isProducer}; names from outside are checked before they come here. */
export function assertProducer(name: string): void {
  assert(isProducer(name), `"${name}" is not a producer; expected [a-z0-9][a-z0-9-]{0,31}, as emit`);
}

/** Returns the name of the lock that guards the files of a producer. */
export function producerLock(producer: string): string {
  return `events-${producer}`;
}

/** Returns the name of a shard, `<producer>/YYYY-MM.jsonl`. */
export function shardName(producer: string, month: string): string {
  return `${producer}/${month}.jsonl`;
}

/** Returns the month of a shard, `YYYY-MM`. */
export function monthOfShard(shard: string): string {
  return shard.slice(shard.indexOf('/') + 1, -'.jsonl'.length);
}

/** Returns the path of a shard below the state folder. */
export function shardPath(shard: string): string {
  return `${FOLDER}/${shard}`;
}

/** Returns the shards of all producers, sorted by name; other files are not events. */
export function shardsOf(disk: Disk): string[] {
  const shards: string[] = [];
  for (const producer of disk.list(FOLDER)) {
    if (!isProducer(producer)) continue;
    for (const name of disk.list(shardPath(producer))) {
      const month = stemOf(name, '.jsonl', MONTH_PATTERN);
      if (month !== null) shards.push(shardName(producer, month));
    }
  }
  return shards;
}
