// What one run hands to the next: every event once, by content and not by order, and no less context than labels need.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlphaEvent, contentSha256, eventLine } from '../../src/domain/event.ts';
import { DAY_MS, HOUR_MS, isoFromMs, msFromIso } from '../../src/domain/time.ts';
import {
  admit,
  type Backlog,
  backlogFrom,
  close,
  duePairs,
  instrumentKey,
  missingContext,
  pendingFrom,
  prune,
} from '../../src/supervision/backlog.ts';
import { anEvent, someRules, T0 } from '../builders.ts';

const rules = someRules();
const SHARD = 'emit/2021-03.jsonl';
const at = (id: string, hours: number, over: Partial<AlphaEvent> = {}) =>
  anEvent({ event_id: id, ts: isoFromMs(T0 + hours * HOUR_MS), ...over });

function backlogOf(...events: readonly AlphaEvent[]): Backlog {
  const backlog = backlogFrom(null);
  for (const event of events) admit(backlog, event, SHARD, rules);
  return backlog;
}

/** Closes every pair that is due at `nowMs`, as a run would. */
function settleAll(backlog: Backlog, nowMs: number): void {
  for (const { open, horizonHours } of duePairs(backlog, nowMs, rules)) {
    close(backlog, open.event.event_id, horizonHours);
  }
}

describe('admit', () => {
  it('takes a new event in at every horizon', () => {
    const backlog = backlogFrom(null);

    const admission = admit(backlog, anEvent(), SHARD, rules);

    expect(admission).toEqual({ kind: 'new' });
    expect(backlog.events.get('e1')).toEqual({
      event: anEvent(),
      content_sha256: contentSha256(anEvent()),
      shard: SHARD,
      open: [1, 4, 24],
    });
  });

  it('counts a flat event, which owes nothing', () => {
    const backlog = backlogFrom(null);

    expect(admit(backlog, anEvent({ direction: 'FLAT' }), SHARD, rules)).toEqual({ kind: 'flat' });
    expect(duePairs(backlog, T0 + 99 * DAY_MS, rules)).toEqual([]);
  });

  it('takes the same event again for a duplicate, also when its rows are settled', () => {
    const backlog = backlogOf(anEvent());
    settleAll(backlog, T0 + 12 * HOUR_MS);

    expect(admit(backlog, anEvent(), SHARD, rules)).toEqual({ kind: 'duplicate' });
    expect(backlog.events.get('e1')?.open).toEqual([4, 24]);
  });

  it('remembers the lower shard name of a duplicate, whichever came first', () => {
    const [one, other] = [backlogFrom(null), backlogFrom(null)];
    for (const shard of ['emit/2021-03.jsonl', 'pink/2021-03.jsonl']) admit(one, anEvent(), shard, rules);
    for (const shard of ['pink/2021-03.jsonl', 'emit/2021-03.jsonl']) admit(other, anEvent(), shard, rules);

    expect(one).toEqual(other);
    expect(one.events.get('e1')?.shard).toBe('emit/2021-03.jsonl');
  });

  it('keeps the lowest digest of one id in any order, and sets every other one aside', () => {
    const scores = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 6 });
    const directions = fc.array(fc.constantFrom('LONG' as const, 'SHORT' as const, 'FLAT' as const), {
      minLength: 6,
      maxLength: 6,
    });

    fc.assert(
      fc.property(scores, directions, (list, sides) => {
        const rivals = list.map((score, index) =>
          anEvent({ score_final: score, direction: sides[index] ?? 'LONG' }),
        );
        const backlog = backlogFrom(null);

        const rejected = rivals.flatMap((event) => {
          const admission = admit(backlog, event, SHARD, rules);
          return admission.kind === 'conflict' ? [admission.reject] : [];
        });

        const digests = rivals.map(contentSha256).sort();
        expect(backlog.events.get('e1')?.content_sha256).toBe(digests[0]);
        expect(rejected).toHaveLength(rivals.length - 1);
        expect(new Set(rejected.map(({ reject_id }) => reject_id)).size).toBe(rejected.length);
        const kept = backlog.events.get('e1')?.event;
        const lines = [...rejected.map(({ raw }) => raw), kept === undefined ? null : eventLine(kept)];
        expect(lines.sort()).toEqual(rivals.map(eventLine).sort());
        expect(new Set(rejected.map(({ code }) => code))).toEqual(new Set(['conflicting_duplicate']));
      }),
    );
  });

  it('keeps the one that has rows, even where another digest is lower', () => {
    const [low, high] = [1, 2]
      .map((score) => anEvent({ score_final: score }))
      .sort((a, b) => (contentSha256(a) < contentSha256(b) ? -1 : 1));
    if (low === undefined || high === undefined) return expect.unreachable();
    const backlog = backlogOf(high);
    settleAll(backlog, T0 + 12 * HOUR_MS);

    const admission = admit(backlog, low, SHARD, rules);

    expect(admission).toMatchObject({ kind: 'conflict', reject: { event_id: 'e1' } });
    expect(backlog.events.get('e1')).toMatchObject({ event: high, open: [4, 24] });
  });
});

describe('duePairs', () => {
  it('gives pairs whose horizon may have passed, by exit and then by id', () => {
    const backlog = backlogOf(at('b', 0), at('a', 0), at('c', 3), at('d', 4));

    const pairs = duePairs(backlog, T0 + 4 * HOUR_MS, rules);

    expect(pairs.map(({ open, horizonHours }) => `${open.event.event_id}/${horizonHours}`)).toEqual([
      'a/1',
      'b/1',
      'a/4',
      'b/4',
      'c/1',
    ]);
  });

  it('only grows when now moves on', () => {
    const hours = fc.integer({ min: 0, max: 60 });

    fc.assert(
      fc.property(fc.array(hours, { maxLength: 12 }), hours, hours, (starts, a, b) => {
        const backlog = backlogOf(...starts.map((start, index) => at(`e${index}`, start)));
        const earlier = duePairs(backlog, T0 + Math.min(a, b) * HOUR_MS, rules);
        const later = duePairs(backlog, T0 + Math.max(a, b) * HOUR_MS, rules);

        expect(later.slice(0, earlier.length)).toEqual(earlier);
      }),
    );
  });
});

describe('close', () => {
  it('closes one horizon, once, and ignores ids it does not know', () => {
    const backlog = backlogOf(anEvent());

    close(backlog, 'e1', 4);
    close(backlog, 'e1', 4);
    close(backlog, 'unheard of', 4);

    expect(backlog.events.get('e1')?.open).toEqual([1, 24]);
    expect(backlog.events.size).toBe(1);
  });
});

describe('prune', () => {
  it('keeps open events and all that their labels overlap with, and forgets the rest', () => {
    const backlog = backlogOf(at('old', 0), at('near', 30), at('open', 50), at('new', 90));
    settleAll(backlog, T0 + 70 * HOUR_MS);
    settleAll(backlog, T0 + 54 * HOUR_MS);

    prune(backlog, T0 + 90 * HOUR_MS, rules);

    expect([...backlog.events.keys()]).toEqual(['near', 'open', 'new']);
    expect(backlog.contextFromMs).toBe(T0 + 50 * HOUR_MS);
  });

  it('forgets nothing that a label of an open or a future event may overlap with', () => {
    const hours = fc.integer({ min: 0, max: 200 });

    fc.assert(
      fc.property(fc.array(hours, { minLength: 1, maxLength: 20 }), hours, (starts, now) => {
        const nowMs = T0 + now * HOUR_MS;
        const all = starts.map((start, index) => at(`e${index}`, start));
        const backlog = backlogOf(...all);
        settleAll(backlog, nowMs);
        const openMs = [...backlog.events.values()]
          .filter(({ open }) => open.length > 0)
          .map(({ event }) => msFromIso(event.ts));
        const newestMs = Math.max(...all.map(({ ts }) => msFromIso(ts)));

        prune(backlog, nowMs, rules);

        const oldestWantedMs = Math.min(newestMs, nowMs, ...openMs) - 24 * HOUR_MS;
        const wanted = all
          .filter(({ ts }) => msFromIso(ts) >= oldestWantedMs)
          .map(({ event_id }) => event_id);
        expect([...backlog.events.keys()].sort()).toEqual(wanted.sort());
      }),
    );
  });

  it('keeps events of a market with sessions for as long as their labels may live', () => {
    const equity = { symbol: 'SPY', market: 'equity' } as const;
    const backlog = backlogOf(at('crypto', 0), at('equity', 0, equity), at('open', 300));
    settleAll(backlog, T0 + 200 * HOUR_MS);

    prune(backlog, T0 + 300 * HOUR_MS, rules);

    expect([...backlog.events.keys()]).toEqual(['equity', 'open']);
  });

  it('keeps for an event that waits without end what its own labels overlap with, and nothing else', () => {
    const other = { agent: 'reversal' };
    const backlog = backlogOf(
      at('waits', 50),
      ...[25, 27, 73, 75].map((hours) => at(`own-${hours}`, hours)),
      ...[27, 73].map((hours) => at(`other-${hours}`, hours, other)),
      at('now', 2000),
    );
    for (const id of backlog.events.keys()) {
      if (id !== 'waits') for (const horizon of [1, 4, 24]) close(backlog, id, horizon);
    }

    prune(backlog, T0 + 2000 * HOUR_MS, rules);

    expect([...backlog.events.keys()]).toEqual(['waits', 'own-27', 'own-73', 'now']);
    expect(backlog.contextFromMs).toBeGreaterThan(T0 + 1000 * HOUR_MS);
  });

  it('claims no context that was forgotten, where now was moved back', () => {
    const backlog = backlogOf(at('a', 0), at('b', 300));
    settleAll(backlog, T0 + 400 * HOUR_MS);
    prune(backlog, T0 + 400 * HOUR_MS, rules);

    prune(backlog, T0 + 20 * HOUR_MS, rules);

    expect(backlog.contextFromMs).toBe(T0 + 300 * HOUR_MS);
  });
});

describe('missingContext', () => {
  it('misses nothing while no open event is older than what is remembered for', () => {
    const backlog = backlogOf(at('a', 0), at('b', 10));

    expect(missingContext(backlog, rules)).toBeNull();
    prune(backlog, T0 + 10 * HOUR_MS, rules);
    expect(missingContext(backlog, rules)).toBeNull();
  });

  it('asks for everything from the life of the longest label before a late event, whether it is due or not', () => {
    const backlog = backlogOf(at('a', 0), at('b', 500));
    settleAll(backlog, T0 + 600 * HOUR_MS);
    prune(backlog, T0 + 600 * HOUR_MS, rules);
    admit(backlog, at('late', 480), SHARD, rules);

    const missing = missingContext(backlog, rules);

    expect(missing).toMatchObject({ oldestOpenMs: T0 + 480 * HOUR_MS, toMs: T0 + 500 * HOUR_MS });
    expect(missing?.fromMs).toBeLessThanOrEqual(T0 + 480 * HOUR_MS - 24 * HOUR_MS);
  });
});

describe('an event that waits from run to run', () => {
  it('is not read again for, unlike one that came late', () => {
    const backlog = backlogOf(at('waits', 0), at('now', 2000));
    prune(backlog, T0 + 2000 * HOUR_MS, rules);
    const again = backlogFrom(pendingFrom(backlog, {}, rules));

    const quiet = missingContext(again, rules);
    admit(again, at('late', 1), SHARD, rules);
    const late = missingContext(again, rules);

    expect(quiet).toBeNull();
    expect(late).toMatchObject({ oldestOpenMs: T0 + HOUR_MS });
  });
});

describe('pendingFrom', () => {
  it('is read back as the same backlog', () => {
    const backlog = backlogOf(at('c', 3), at('a', 3), at('b', 1, { direction: 'FLAT' }));
    settleAll(backlog, T0 + 5 * HOUR_MS);
    prune(backlog, T0 + 5 * HOUR_MS, rules);

    const pending = pendingFrom(backlog, {}, rules);
    const again = backlogFrom(pending);

    expect(pending.events.map(({ event }) => event.event_id)).toEqual(['c', 'a', 'b']);
    expect(pending).toMatchObject({ generated_at: isoFromMs(T0 + 3 * HOUR_MS), horizons_hours: [1, 4, 24] });
    expect(pendingFrom(again, {}, rules)).toEqual(pending);
    expect(again.events.get('c')?.open).toEqual([4, 24]);
  });

  it('says that an empty backlog knows no instant', () => {
    expect(pendingFrom(backlogFrom(null), {}, rules)).toMatchObject({
      generated_at: null,
      context_from: null,
    });
  });
});

describe('instrumentKey', () => {
  it('is one for all spellings of an instrument, and keeps markets and contracts apart', () => {
    const key = (symbol: string, market: AlphaEvent['market']) => instrumentKey(anEvent({ symbol, market }));

    expect(new Set([key('BTC/USDT', 'spot'), key('btc-usdt', 'spot'), key('BTCUSDT', 'spot')]).size).toBe(1);
    expect(key('BTC/USDT:USDT', 'perp')).not.toBe(key('BTC/USDT', 'spot'));
    expect(key('BTC/USD:BTC', 'perp')).not.toBe(key('BTC/USD:USD', 'perp'));
  });
});
