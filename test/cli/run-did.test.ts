// The few words about each job of a run: what was done, and first of all what went wrong.

import { describe, expect, it } from 'vitest';
import { didReconcile, ingestFault, publishFault, reconcileFault } from '../../src/cli/run-did.ts';
import type { ReconcileReport } from '../../src/jobs/reconcile.ts';

function aReport(over: Partial<ReconcileReport>, reconciled = 12): ReconcileReport {
  const none = { stale_price: 0, no_price: 0 };
  return {
    events: { lines: 0, admitted: 0, flat: 0, duplicates: 0, conflicts: 1, invalid: 0, torn_tails: 0 },
    due: {
      ...{ pairs: 20, reconciled, already_reconciled: 0, priced_across_gap: 0 },
      given_up: { ...none, no_price: 2 },
      waiting: { ...none, pending: 0 },
    },
    ...{ open_pairs: 4, losses: [], remarks: [], first_rejects: [], price_requests: 3 },
    ...{ instruments: { asked: 3, unavailable: 0 }, loss_ratio: 0.5, max_loss_ratio: 0.35 },
    ...{ loss_too_high: false, changed: true },
    ...over,
  };
}

describe('the words about a reconcile', () => {
  it('count rows, rejects and what is open', () => {
    expect(didReconcile(aReport({}))).toBe('+12 rows, 3 rejects, 4 open pairs');
  });

  it('say that there are no new rows', () => {
    expect(didReconcile(aReport({ open_pairs: 0 }, 0))).toBe('no new rows, 3 rejects');
  });

  it('begin with a loss that is too high, and with prices that nobody gave', () => {
    expect(didReconcile(aReport({ loss_too_high: true }))).toMatch(
      /^lost 50\.0 % where prices\.max_loss is 35\.0 %, \+12 rows/,
    );
    expect(didReconcile(aReport({ instruments: { asked: 3, unavailable: 3 } }, 0))).toMatch(
      /^no price source answered for 3 of 3 instruments, no new rows/,
    );
  });
});

describe('the words for why a job failed', () => {
  it('are the same for the same cause, whatever else was done', () => {
    const instruments = { asked: 3, unavailable: 3 };
    expect(reconcileFault(aReport({ instruments }, 0))).toBe(reconcileFault(aReport({ instruments }, 7)));
  });

  it('name the kinds of lines that were set aside, and the files that were not read to their end', () => {
    const counts = { read: 9, appended: 2, duplicates: 0, conflicts: 1, rejected: 6 };
    const rejects = [
      { code: 'malformed_json', count: 5, examples: [] },
      { code: 'invalid_event', count: 2, examples: [] },
    ] as const;
    const unreadable = ['a.gz ends early'];
    expect(ingestFault({ counts, rejects, unreadable, remarks: [], first_rejects: [] })).toBe(
      '7 set aside: invalid_event, malformed_json\na.gz ends early',
    );
  });

  it('say of what is still owed why', () => {
    const failed = [{ what: 'the dashboard', error: 'GitHub answered 403' }];
    const github = {
      ...{ effects: [], failed, receipts: 0, operations: [], waiting: [], waitedMs: 0, retries: 0 },
      ...{ problems: [], login: 'warden[bot]' },
    };
    const mails = { sent: [], failed: [], superseded: 0, waiting: 0 };
    expect(publishFault({ github, mails, configHash: '', lastGood: null })).toBe(
      'the dashboard: GitHub answered 403',
    );
  });
});
