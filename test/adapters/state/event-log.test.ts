// The event log: one line per signal whatever happens, and readers who see every line once.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendEvents, readMonths, readNewEvents } from '../../../src/adapters/state/event-log.ts';
import { readRejects } from '../../../src/adapters/state/reject-log.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { type AlphaEvent, contentSha256, eventLine } from '../../../src/domain/event.ts';
import type { Reject } from '../../../src/domain/reject.ts';
import type { Disk } from '../../../src/ports.ts';
import { anEvent } from '../../builders.ts';
import { afterEveryCut } from '../../fakes/faulty-disk.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const MARCH = 'alpha/events/emit/2021-03.jsonl';
const APRIL = 'alpha/events/emit/2021-04.jsonl';

function fileOf(events: readonly AlphaEvent[]): string {
  return events.map((event) => `${eventLine(event)}\n`).join('');
}

function rejectsOf(disk: Disk): Reject[] {
  const rejects: Reject[] = [];
  readRejects(disk, (reject) => rejects.push(reject));
  return rejects;
}

/** Two contents of one id, the one with the lower digest first. */
function rivals(id: string): readonly [AlphaEvent, AlphaEvent] {
  const a = anEvent({ event_id: id, confidence: 0.1 });
  const b = anEvent({ event_id: id, confidence: 0.2 });
  return contentSha256(a) < contentSha256(b) ? [a, b] : [b, a];
}

describe('appendEvents', () => {
  it('puts each event into the shard of its month, in the given order', () => {
    const disk = memoryDisk();
    const [b, a, c] = ['b', 'a', 'c'].map((event_id) => anEvent({ event_id }));
    const april = anEvent({ event_id: 'd', ts: '2021-04-01T00:00:00.000Z' });
    if (b === undefined || a === undefined || c === undefined) return expect.unreachable();

    const outcome = appendEvents(disk, 'emit', [b, april, a, c]);

    expect(outcome).toEqual({ appended: 4, duplicates: 0, conflicts: [] });
    expect(disk.dump()).toEqual({ [MARCH]: fileOf([b, a, c]), [APRIL]: fileOf([april]) });
  });

  it('writes nothing the second time', () => {
    const disk = memoryDisk();
    const events = ['a', 'say "hi"', 'back\\slash', 'ünï'].map((event_id) => anEvent({ event_id }));
    appendEvents(disk, 'emit', events);
    const before = disk.dump();

    const outcome = appendEvents(disk, 'emit', [...events, ...events]);

    expect(outcome).toEqual({ appended: 0, duplicates: 8, conflicts: [] });
    expect(disk.dump()).toEqual(before);
  });

  it('recognises an event that is stored in other words', () => {
    const event = anEvent({ meta: { a: 1, b: 2 } });
    const { v, event_id, ...content } = event;
    const disk = memoryDisk({
      [MARCH]: `${JSON.stringify({ ...content, event_id, meta: { b: 2, a: 1 }, v })}\n`,
    });

    const outcome = appendEvents(disk, 'emit', [event]);

    expect(outcome).toEqual({ appended: 0, duplicates: 1, conflicts: [] });
  });

  it('rejects the higher digest of two contents with one id', () => {
    const [low, high] = rivals('x');
    const disk = memoryDisk({ [MARCH]: fileOf([low]) });

    const outcome = appendEvents(disk, 'emit', [high]);

    expect(outcome).toEqual({ appended: 0, duplicates: 0, conflicts: [high] });
    expect(disk.dump()[MARCH]).toBe(fileOf([low]));
    expect(rejectsOf(disk)).toMatchObject([
      { code: 'conflicting_duplicate', event_id: 'x', file: MARCH, line: null, raw: eventLine(high) },
    ]);
  });

  it('appends the lower digest behind the higher one', () => {
    const [low, high] = rivals('x');
    const disk = memoryDisk({ [MARCH]: fileOf([high]) });

    const outcome = appendEvents(disk, 'emit', [low]);

    expect(outcome).toEqual({ appended: 1, duplicates: 0, conflicts: [] });
    expect(disk.dump()).toEqual({ [MARCH]: fileOf([high, low]) });
    expect(appendEvents(disk, 'emit', [high, low])).toEqual({ appended: 0, duplicates: 2, conflicts: [] });
  });

  it('lets the lowest digest of one batch win, in either order', () => {
    const [low, high] = rivals('x');
    const disks = [memoryDisk(), memoryDisk()] as const;

    const first = appendEvents(disks[0], 'emit', [low, high]);
    const second = appendEvents(disks[1], 'emit', [high, low]);

    expect(first).toEqual({ appended: 1, duplicates: 0, conflicts: [high] });
    expect(second).toEqual(first);
    expect(disks[1].dump()).toEqual(disks[0].dump());
  });

  it('keeps the first words of a content that one batch holds twice', () => {
    const disk = memoryDisk();
    const first = anEvent({ meta: { a: 1, b: 2 } });
    const second = anEvent({ meta: { b: 2, a: 1 } });

    const outcome = appendEvents(disk, 'emit', [first, second]);

    expect(outcome).toEqual({ appended: 1, duplicates: 1, conflicts: [] });
    expect(disk.dump()).toEqual({ [MARCH]: fileOf([first]) });
  });

  it('closes a whole last line that lacks its line end', () => {
    const [a, b] = [anEvent({ event_id: 'a' }), anEvent({ event_id: 'b' })];
    const disk = memoryDisk({ [MARCH]: eventLine(a) });

    appendEvents(disk, 'emit', [a, b]);

    expect(disk.dump()).toEqual({ [MARCH]: fileOf([a, b]) });
  });

  it('moves a torn last line to the rejects and cuts it off, even where nothing is appended', () => {
    const a = anEvent({ event_id: 'a' });
    const disk = memoryDisk({ [MARCH]: `${fileOf([a])}{"v":1,"event_id":"to` });

    const outcome = appendEvents(disk, 'emit', [a]);

    expect(outcome.duplicates).toBe(1);
    expect(disk.dump()[MARCH]).toBe(fileOf([a]));
    expect(rejectsOf(disk)).toMatchObject([
      { code: 'torn_tail', raw: '{"v":1,"event_id":"to', file: MARCH, line: 2, event_id: null },
    ]);
  });

  it('leaves lines that are no events to the reader', () => {
    const a = anEvent({ event_id: 'a' });
    const garbage = 'not json\n{"v":1,"event_id":"a","ts":"never"}\n';
    const disk = memoryDisk({ [MARCH]: garbage });

    appendEvents(disk, 'emit', [a]);

    expect(disk.dump()).toEqual({ [MARCH]: garbage + fileOf([a]) });
  });

  it.each(['', 'Emit', '-x', 'a/b', '..', 'x'.repeat(33)])('asserts that %j is no producer', (producer) => {
    expect(() => appendEvents(memoryDisk(), producer, [anEvent()])).toThrow(InvariantError);
  });

  it('is completed to the same events by a second run after a power cut at any write', () => {
    const [low, high] = rivals('x');
    const stored = anEvent({ event_id: 'stored' });
    const batch = [
      stored,
      high,
      anEvent({ event_id: 'new' }),
      anEvent({ event_id: 'april', ts: '2021-04-02T00:00:00.000Z' }),
    ];
    const fresh = () => memoryDisk({ [MARCH]: `${fileOf([stored, low])}{"v":1,"to` });
    const expected = fresh();
    appendEvents(expected, 'emit', batch);

    const aftermaths = afterEveryCut(fresh, (disk) => appendEvents(disk, 'emit', batch));

    expect(aftermaths.length).toBeGreaterThanOrEqual(4 * 5);
    for (const { disk, cut } of aftermaths) {
      const torn = rejectsOf(disk);
      appendEvents(disk, 'emit', batch);
      expect([disk.dump()[MARCH], disk.dump()[APRIL]], JSON.stringify(cut)).toEqual([
        expected.dump()[MARCH],
        expected.dump()[APRIL],
      ]);
      const rejects = rejectsOf(disk);
      expect(rejects).toEqual(expect.arrayContaining(rejectsOf(expected)));
      expect(rejects.filter(({ code }) => code === 'conflicting_duplicate')).toHaveLength(1);
      expect(rejects.slice(0, torn.length)).toEqual(torn);
    }
  });

  it('stores each content once, however a stream is cut into batches and repeated', () => {
    const event = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      confidence: fc.constantFrom(0.1, 0.2, 0.3),
    });

    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 5 }), { maxLength: 6 }), (batches) => {
        const disk = memoryDisk();
        const offered = batches.map((batch) =>
          batch.map(({ id, confidence }) => anEvent({ event_id: id, confidence })),
        );

        let accounted = 0;
        for (const batch of offered) {
          const { appended, duplicates, conflicts } = appendEvents(disk, 'emit', batch);
          accounted += appended + duplicates + conflicts.length;
        }

        const lines = (disk.dump()[MARCH] ?? '').split('\n').filter((line) => line !== '');
        const lowest = new Map<string, AlphaEvent>();
        for (const one of offered.flat()) {
          const best = lowest.get(one.event_id);
          if (best === undefined || contentSha256(one) < contentSha256(best)) lowest.set(one.event_id, one);
        }
        expect(new Set(lines).size).toBe(lines.length);
        for (const best of lowest.values()) expect(lines).toContain(eventLine(best));
        expect(accounted).toBe(offered.flat().length);
      }),
    );
  });
});

describe('readNewEvents', () => {
  function read(disk: Disk, known: Parameters<typeof readNewEvents>[1] = {}) {
    const seen: string[] = [];
    const outcome = readNewEvents(disk, known, (shard, line) =>
      seen.push(
        `${shard}:${line.number} ${line.kind === 'text' ? (/"event_id":"(.*?)"/.exec(line.text)?.[1] ?? '') : ''}`,
      ),
    );
    return { seen, ...outcome };
  }

  it('visits every line once over any number of runs', () => {
    const disk = memoryDisk();
    appendEvents(disk, 'pink', [anEvent({ event_id: 'p' })]);
    appendEvents(disk, 'emit', [anEvent({ event_id: 'a' }), anEvent({ event_id: 'b' })]);

    const first = read(disk);
    appendEvents(disk, 'emit', [anEvent({ event_id: 'c' })]);
    const second = read(disk, first.files);
    const third = read(disk, second.files);

    expect(first.seen).toEqual([
      'emit/2021-03.jsonl:1 a',
      'emit/2021-03.jsonl:2 b',
      'pink/2021-03.jsonl:1 p',
    ]);
    expect(second.seen).toEqual(['emit/2021-03.jsonl:3 c']);
    expect(third).toMatchObject({ seen: [], files: second.files, rewritten: [], tornTails: [] });
  });

  it('spends one look of at most 4 KiB on a shard without news', () => {
    const disk = memoryDisk();
    appendEvents(
      disk,
      'emit',
      Array.from({ length: 100 }, (_, n) => anEvent({ event_id: `e${n}` })),
    );
    const { files } = read(disk);
    const reads: number[] = [];
    const watched = {
      ...disk,
      readRange: (path: string, from: number, to: number) => {
        reads.push(to - from);
        return disk.readRange(path, from, to);
      },
    };

    read(watched, files);

    expect(reads).toEqual([4096]);
  });

  it.each([
    ['shrank', (text: string) => text.slice(0, text.indexOf('\n') + 1)],
    ['changed before the position', (text: string) => text.replace('"b"', '"B"')],
  ])('reads a shard again that %s', (_, rewrite) => {
    const disk = memoryDisk();
    appendEvents(disk, 'emit', [anEvent({ event_id: 'a' }), anEvent({ event_id: 'b' })]);
    const { files } = read(disk);
    disk.replace(MARCH, rewrite(disk.dump()[MARCH] ?? ''));

    const again = read(disk, files);

    expect(again.rewritten).toEqual(['emit/2021-03.jsonl']);
    expect(again.seen[0]).toBe('emit/2021-03.jsonl:1 a');
    expect(again.files).toEqual(read(disk).files);
  });

  it('reports a shard that is gone', () => {
    const disk = memoryDisk();
    appendEvents(disk, 'emit', [anEvent()]);
    const { files } = read(disk);
    disk.remove(MARCH);

    expect(read(disk, files)).toMatchObject({ seen: [], files: {}, rewritten: ['emit/2021-03.jsonl'] });
  });

  it('reports a torn tail and reads the line once it is whole', () => {
    const line = `${eventLine(anEvent({ event_id: 'b' }))}\n`;
    const disk = memoryDisk({ [MARCH]: fileOf([anEvent({ event_id: 'a' })]) + line.slice(0, 20) });

    const first = read(disk);
    disk.append(MARCH, line.slice(20));
    const second = read(disk, first.files);

    expect(first.tornTails).toEqual([{ shard: 'emit/2021-03.jsonl', text: line.slice(0, 20) }]);
    expect(second.seen).toEqual(['emit/2021-03.jsonl:2 b']);
    expect(second.tornTails).toEqual([]);
  });

  it('takes other files for what they are', () => {
    const disk = memoryDisk({
      'alpha/events/emit/notes.txt': 'x\n',
      'alpha/events/UPPER/2021-03.jsonl': 'x\n',
    });

    expect(read(disk)).toMatchObject({ seen: [], files: {} });
  });
});

describe('readMonths', () => {
  it('visits the given months of all producers', () => {
    const disk = memoryDisk();
    appendEvents(disk, 'emit', [
      anEvent({ event_id: 'a' }),
      anEvent({ event_id: 'b', ts: '2021-04-01T00:00:00.000Z' }),
    ]);
    appendEvents(disk, 'pink', [anEvent({ event_id: 'c', ts: '2021-04-01T00:00:00.000Z' })]);
    const seen: string[] = [];

    readMonths(disk, ['2021-04', '2021-05'], (shard) => seen.push(shard));

    expect(seen).toEqual(['emit/2021-04.jsonl', 'pink/2021-04.jsonl']);
    expect(() => readMonths(disk, ['04/2021'], () => {})).toThrow(InvariantError);
  });
});
