// What reconcile does with lines that are torn, wrong, rewritten, repeated or in conflict with each other.

import { describe, expect, it } from 'vitest';
import { contentSha256, eventLine } from '../../src/domain/event.ts';
import { fakePrices } from '../fakes/fake-prices.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import {
  at,
  END,
  emit,
  linesOf,
  MARKET,
  PENDING,
  placesOf,
  rejectsOf,
  rowFiles,
  run,
  SHARD,
  signal,
} from './reconcile-world.ts';

describe('input', () => {
  it('that is torn is left until its writer has finished it', async () => {
    const text = linesOf([signal('a', 1), signal('b', 2)]);
    const disk = memoryDisk({ [SHARD]: text.slice(0, -30) });

    const torn = await run(disk, END);
    disk.append(SHARD, text.slice(-30));
    const whole = await run(disk, END);

    expect(torn).toMatchObject({ events: { admitted: 1, torn_tails: 1, invalid: 0 } });
    expect(torn.remarks.join()).toContain('not finished');
    expect(whole).toMatchObject({ events: { lines: 1, admitted: 1, torn_tails: 0 }, due: { reconciled: 2 } });
    expect(rejectsOf(disk)).toEqual([]);
    expect(placesOf(disk)).toEqual(['a/1 row', 'a/24 row', 'b/1 row', 'b/24 row']);
  });

  it('that is wrong is set aside with file, line and reason, once', async () => {
    const bad = ['not json', '{"agent":"x","price":NaN}', '{"ts":"2021-03-01T00:00:00","agent":"a"}'];
    const disk = memoryDisk({ [SHARD]: `${bad.join('\n')}\n${linesOf([signal('a', 1)])}` });

    const report = await run(disk, END);
    disk.remove(PENDING);
    await run(disk, END);

    expect(report).toMatchObject({ events: { lines: 4, admitted: 1, invalid: 3 } });
    expect(report.loss_ratio).toBeCloseTo(6 / 8, 9);
    expect(report.loss_too_high).toBe(true);
    const rejects = rejectsOf(disk);
    expect(rejects.map(({ code }) => code)).toEqual(['malformed_json', 'malformed_json', 'invalid_event']);
    expect(rejects.map(({ file, line }) => `${file}:${line}`)).toEqual(
      [1, 2, 3].map((line) => `emit/2021-03.jsonl:${line}`),
    );
    expect(rejects.at(-1)?.reason).toContain('zone');
    expect(report.first_rejects.map(({ file, line, column }) => [file, line, column])).toEqual([
      [SHARD, 1, 1],
      [SHARD, 2, 22],
      [SHARD, 3, null],
    ]);
    expect(report.remarks).toEqual([]);
  });

  it('that is wrong in many lines hands out the first ten', async () => {
    const report = await run(memoryDisk({ [SHARD]: '{\n'.repeat(300) }), END);

    expect(report.events.invalid).toBe(300);
    expect(report.first_rejects.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('that was rewritten is read again, without new rows or price requests', async () => {
    const events = [
      signal('a', 1),
      signal('b', 2),
      signal('c', 400),
      signal('flat', 3, { direction: 'FLAT' }),
    ];
    const disk = memoryDisk({ [SHARD]: linesOf(events) });
    await run(disk, at(900));
    const before = rowFiles(disk);
    disk.replace(SHARD, linesOf(events.toReversed()));
    const prices = fakePrices(MARKET);

    const report = await run(disk, at(900), { prices });

    expect(report.remarks.join()).toContain('was rewritten');
    expect(report.due).toMatchObject({ pairs: 0, reconciled: 0 });
    expect(prices.requests).toEqual([]);
    expect(rowFiles(disk)).toEqual(before);
  });

  it('that comes from two producers is one signal, and a conflict is set aside', async () => {
    const [one, other] = [memoryDisk(), memoryDisk()];
    const rivals = [signal('a', 1), signal('a', 1, { score_final: 0.9 })] as const;
    emit(one, [rivals[0]], 'emit');
    emit(one, [rivals[1], signal('b', 2)], 'pink');
    emit(one, [signal('b', 2)], 'emit');
    emit(other, [rivals[1], signal('b', 2)], 'emit');
    emit(other, [rivals[0], signal('b', 2)], 'pink');

    const report = await run(one, END);
    await run(other, END);

    expect(report.events).toMatchObject({ admitted: 2, duplicates: 1, conflicts: 1 });
    expect(rowFiles(other)).toEqual(rowFiles(one));
    expect(rejectsOf(one).map(({ reject_id }) => reject_id)).toEqual(
      rejectsOf(other).map(({ reject_id }) => reject_id),
    );
  });

  it.each([
    ['side', signal('a', 1, { direction: 'SHORT' })],
    ['market', signal('a', 1, { market: 'perp' })],
    ['regime', signal('a', 1, { regime: 'RANGE' })],
    ['hour', signal('a', 15)],
    ['month', signal('a', 1000, { direction: 'SHORT' })],
  ])(
    'that reuses the id of a settled signal for another %s changes no row, and is set aside',
    async (_, other) => {
      const disk = memoryDisk();
      emit(disk, [signal('a', 1), signal('later', 400)]);
      await run(disk, at(900));
      const before = rowFiles(disk);

      emit(disk, [other], 'pink');
      const report = await run(disk, at(1200));

      expect(rowFiles(disk)).toEqual(before);
      expect(report.events).toMatchObject({ lines: 1, admitted: 0, conflicts: 1 });
      expect(report.first_rejects[0]?.reason).toContain('was used for another signal before');
      expect(rejectsOf(disk)).toMatchObject([
        { code: 'conflicting_duplicate', event_id: 'a', raw: eventLine(other) },
      ]);
    },
  );

  it('that reuses the id of a settled signal is noticed by its row where the log of ids was lost', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 1), signal('later', 400)]);
    await run(disk, at(900));
    const before = rowFiles(disk);
    for (const path of Object.keys(disk.dump())) if (path.startsWith('alpha/event-ids/')) disk.remove(path);

    emit(disk, [signal('a', 15)], 'pink');
    const report = await run(disk, at(900));

    expect(rowFiles(disk)).toEqual(before);
    expect(report.first_rejects[0]?.reason).toContain('was reconciled as another signal');
    expect(rejectsOf(disk)).toMatchObject([{ code: 'conflicting_duplicate', event_id: 'a' }]);
  });

  it('that repeats a settled signal for another producer is no conflict', async () => {
    const disk = memoryDisk();
    emit(disk, [signal('a', 1), signal('later', 400)]);
    await run(disk, at(900));
    const before = rowFiles(disk);

    emit(disk, [signal('a', 1)], 'pink');
    await run(disk, at(900));

    expect(rowFiles(disk)).toEqual(before);
    expect(rejectsOf(disk)).toEqual([]);
  });

  it('that reuses the id of a row which a dying run could not remember is set aside', async () => {
    const disk = memoryDisk();
    const [low, high] = [signal('a', 1), signal('a', 1, { score_final: 0.9 })].sort((one, other) =>
      contentSha256(one) < contentSha256(other) ? -1 : 1,
    );
    if (low === undefined || high === undefined) return expect.unreachable();
    emit(disk, [high]);
    await run(disk, at(1));
    const remembered = disk.read(PENDING)?.toString() ?? '';
    await run(disk, at(3));
    const before = rowFiles(disk);
    disk.replace(PENDING, remembered);

    emit(disk, [low], 'pink');
    const report = await run(disk, at(3));

    expect(report.due).toMatchObject({ reconciled: 0, already_reconciled: 1 });
    expect(rowFiles(disk)).toEqual(before);
    expect(rejectsOf(disk).map(({ reason }) => reason)).toContainEqual(
      expect.stringContaining('was reconciled as another signal'),
    );
  });
});
