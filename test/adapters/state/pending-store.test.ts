// Reconcile's memory: equal memory is equal bytes, and a broken file says so instead of passing for nothing.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPending, savePending } from '../../../src/adapters/state/pending-store.ts';
import type { OpenEvent, Pending } from '../../../src/domain/pending.ts';
import { anEvent } from '../../builders.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const FILE = 'alpha/pending.json';
const DIGEST = 'd'.repeat(64);

function open(event_id: string, hour = 10): OpenEvent {
  const event = anEvent({ event_id, ts: `2021-03-01T${hour}:00:00.000Z` });
  return { event, content_sha256: DIGEST, shard: 'emit/2021-03.jsonl', open: [4, 24] };
}

function aPending(over: Partial<Pending> = {}): Pending {
  return {
    v: 1,
    generated_at: '2021-03-01T12:00:00.000Z',
    horizons_hours: [4, 24],
    context_from: null,
    files: { 'emit/2021-03.jsonl': { bytes: 9, lines: 1, tail_sha256: DIGEST } },
    events: [open('a'), open('b')],
    ...over,
  };
}

describe('pending', () => {
  it('comes back as it was saved', () => {
    const disk = memoryDisk();

    const outcome = savePending(disk, aPending());

    expect(outcome).toBe('saved');
    expect(loadPending(disk)).toEqual({ ok: true, value: aPending() });
  });

  it('is null before the first run', () => {
    expect(loadPending(memoryDisk())).toEqual({ ok: true, value: null });
  });

  it.each([
    ['', /is not JSON/],
    ['{"v":1,', /is not JSON: column 8/],
    ['{"v":2}', /is not a valid record: .*files: is missing/],
  ])('says what is wrong with the file %j', (text, message) => {
    const loaded = loadPending(memoryDisk({ [FILE]: text }));

    expect(loaded.ok ? '' : loaded.error).toMatch(message);
  });

  it('gives every shard and every event a line, so that a diff shows what changed', () => {
    const disk = memoryDisk();

    savePending(disk, aPending());

    expect(
      disk
        .dump()
        [FILE]?.split('\n')
        .map((line) => line.slice(0, 28)),
    ).toEqual(
      [
        '{"context_from":null,"genera',
        '"emit/2021-03.jsonl":{"bytes',
        '},"events":[',
        '{"content_sha256":"dddddddddd',
        '{"content_sha256":"dddddddddd',
        ']}',
        '',
      ].map((line) => line.slice(0, 28)),
    );
  });

  it('writes nothing where the bytes are equal', () => {
    const disk = memoryDisk();
    savePending(disk, aPending());

    const outcome = savePending({ ...disk, replace: () => expect.unreachable() }, aPending());

    expect(outcome).toBe('unchanged');
  });

  it('leaves the same bytes for any order of events and files, and any number of them', () => {
    const events = [open('c', 11), open('a', 12), open('b', 11), open('d', 10)];
    const position = { bytes: 9, lines: 1, tail_sha256: DIGEST };
    const shards = ['emit/2021-03.jsonl', 'emit/2021-04.jsonl', 'pink/2021-03.jsonl'];

    fc.assert(
      fc.property(fc.shuffledSubarray(events), fc.shuffledSubarray(shards), (someEvents, someShards) => {
        const [given, sorted] = [memoryDisk(), memoryDisk()];
        const filesOf = (names: readonly string[]) =>
          Object.fromEntries(names.map((name) => [name, position]));
        const inTime = events.filter((event) => someEvents.includes(event)).reverse();

        savePending(given, aPending({ events: someEvents, files: filesOf(someShards) }));
        savePending(sorted, aPending({ events: inTime, files: filesOf([...someShards].sort()) }));

        expect(given.dump()).toEqual(sorted.dump());
        const loaded = loadPending(given);
        const ids = loaded.ok ? loaded.value?.events.map(({ event }) => event.event_id) : null;
        expect(ids).toEqual(
          ['d', 'b', 'c', 'a'].filter((id) => someEvents.some(({ event }) => event.event_id === id)),
        );
      }),
    );
  });
});
