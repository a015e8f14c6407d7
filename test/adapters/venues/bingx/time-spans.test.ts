// Lists by time: every row once, in spans that the venue allows, whichever end of a full answer is cut off.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeSpan } from '../../../../src/adapters/venues/bingx/requests.ts';
import { incomeCall } from '../../../../src/adapters/venues/bingx/requests.ts';
import { listInSpans } from '../../../../src/adapters/venues/bingx/time-spans.ts';
import { LOST, said, scriptedRest } from './scripted-rest.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 1_780_000_000_000;
const WEEK_MS = 7 * DAY_MS;

interface Row {
  readonly id: string;
  readonly atMs: number;
}

/** A list that gives `pageRows` rows of a span at most: its oldest ones, or its newest. */
function listOf(rows: readonly Row[], pageRows: number, gives: 'oldest' | 'newest') {
  const spans: TimeSpan[] = [];
  const rest = scriptedRest(({ params }) => {
    const span = { fromMs: Number(params['startTime']), toMs: Number(params['endTime']) };
    spans.push(span);
    const found = rows.filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs);
    found.sort((a, b) => (gives === 'oldest' ? a.atMs - b.atMs : b.atMs - a.atMs));
    return said(found.slice(0, pageRows));
  });
  const list = (fromMs: number) =>
    listInSpans<Row>({
      rest,
      fromMs,
      toMs: NOW_MS,
      callOf: (span) => incomeCall(span, 'housekeeping'),
      read: (data) => {
        const page = (data as unknown as { id: string; atMs: string }[]).map(({ id, atMs }) => ({
          id,
          atMs: Number(atMs),
        }));
        return { rows: page, isFull: page.length >= pageRows };
      },
      idOf: ({ id }) => id,
    });
  return { list, spans, rest };
}

describe('a list by time', () => {
  it('has every row once, whatever comes first and however much is cut off', async () => {
    const anyRows = fc.uniqueArray(fc.integer({ min: 0, max: 20 * DAY_MS }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(anyRows, fc.constantFrom('oldest', 'newest'), async (ages, gives) => {
        const rows = ages.map((age, at) => ({ id: String(at), atMs: NOW_MS - age }));
        const { list, spans } = listOf(rows, 5, gives as 'oldest');
        const listed = await list(NOW_MS - 20 * DAY_MS);

        expect(listed.kind).toBe('rows');
        const ids = listed.kind === 'rows' ? listed.rows.map(({ id }) => Number(id)) : [];
        expect(ids.sort((a, b) => a - b)).toEqual(rows.map((_, at) => at));
        for (const { fromMs, toMs } of spans) expect(toMs - fromMs).toBeLessThanOrEqual(WEEK_MS);
      }),
      { seed: 20261128, numRuns: 100 },
    );
  });

  it.each(['oldest', 'newest'] as const)(
    'misses no millisecond where it is halved, %s first',
    async (gives) => {
      const rows = Array.from({ length: 64 }, (_, at) => ({ id: String(at), atMs: NOW_MS - at }));
      const { list } = listOf(rows, 5, gives);

      const listed = await list(NOW_MS - 1_000);

      expect(listed.kind === 'rows' && listed.rows.length).toBe(64);
    },
  );

  it('misses no millisecond between one span and the next', async () => {
    const { list, spans } = listOf([], 5, 'oldest');

    await list(NOW_MS - 20 * DAY_MS);

    expect(spans.map(({ fromMs }) => fromMs)).toEqual([
      NOW_MS - 20 * DAY_MS,
      ...spans.slice(0, -1).map(({ toMs }) => toMs + 1),
    ]);
    expect(spans.at(-1)?.toMs).toBe(NOW_MS);
  });

  it('asks once for what fits into one answer', async () => {
    const { list, spans } = listOf([{ id: 'a', atMs: NOW_MS - 5 }], 5, 'oldest');

    await list(NOW_MS - 600_000);

    expect(spans).toEqual([{ fromMs: NOW_MS - 600_000, toMs: NOW_MS }]);
  });

  it('begins where the venue begins to remember', async () => {
    const { list, spans } = listOf([], 5, 'oldest');

    await list(0);

    expect(spans[0]?.fromMs).toBeGreaterThan(NOW_MS - 90 * DAY_MS);
    expect(spans.length).toBeLessThan(15);
  });

  it('asks for the present where the beginning lies ahead of the venue', async () => {
    const { list, spans } = listOf([], 5, 'oldest');

    expect(await list(NOW_MS + 5_000)).toMatchObject({ kind: 'rows', rows: [] });
    expect(spans).toEqual([{ fromMs: NOW_MS, toMs: NOW_MS }]);
  });

  it('is not known where one answer is missing', async () => {
    const { list, rest } = listOf([{ id: 'a', atMs: NOW_MS }], 5, 'oldest');
    rest.on((call) => (Number(call.params['endTime']) === NOW_MS ? LOST : null));

    expect(await list(NOW_MS - 20 * DAY_MS)).toMatchObject({ kind: 'failed', reply: LOST });
  });

  it('is not known where more happened at one instant than an answer holds', async () => {
    const rows = Array.from({ length: 6 }, (_, at) => ({ id: String(at), atMs: NOW_MS }));
    const { list } = listOf(rows, 5, 'oldest');

    expect((await list(NOW_MS - 1_000)).kind).toBe('unreadable');
  });
});
