// The few words about each job of a run: what was done, and first of all what went wrong.

import { describe, expect, it } from 'vitest';
import {
  didCompact,
  didIngest,
  didPublish,
  didReconcile,
  ingestFault,
  publishFault,
  reconcileFault,
  setAside,
} from '../../src/cli/run-did.ts';
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

describe('what is set aside for good', () => {
  it('is every line and pair that never becomes a row', () => {
    const report = aReport({});
    const events = { ...report.events, invalid: 3, conflicts: 5 };
    const due = { ...report.due, given_up: { stale_price: 7, no_price: 11 } };

    expect(setAside({ ...report, events, due })).toBe(26);
    expect(setAside(null)).toBe(0);
  });
});

describe('the words about packing', () => {
  const nothing = { months: [], files: 0, bytesBefore: 0, bytesAfter: 0, changed: false };

  it('count files and months, each in its own number', () => {
    expect(didCompact(nothing)).toBe('nothing to pack');
    expect(didCompact({ ...nothing, files: 1, months: ['2021-03'] })).toBe('packed 1 file of 1 month');
    expect(didCompact({ ...nothing, files: 9, months: ['2021-03', '2021-04'] })).toBe(
      'packed 9 files of 2 months',
    );
  });
});

describe('the words about an ingest', () => {
  it('count lines by what became of them', () => {
    const counts = { read: 9, appended: 2, duplicates: 1, conflicts: 1, rejected: 5 };
    const none = { rejects: [], unreadable: [], remarks: [], first_rejects: [] };
    const nothing = { read: 0, appended: 0, duplicates: 0, conflicts: 0, rejected: 0 };

    expect(didIngest({ counts, ...none })).toBe('+2 events, 1 duplicate, 6 rejects');
    expect(didIngest({ counts: nothing, ...none })).toBe('nothing to read');
  });
});

describe('the words about publishing', () => {
  const github = {
    ...{ effects: [], failed: [], receipts: 0, operations: [], waiting: [], waitedMs: 0, retries: 0 },
    ...{ problems: [], login: 'warden[bot]' },
  };
  const mails = { sent: [], failed: [], superseded: 0, waiting: 0 };
  const owed = { what: 'the dashboard', error: 'GitHub answered 403' };
  const lost = { message_id: '<1@acme>', subject: 'Look', text: '', items: 1, error: 'no answer' };

  it('say that nothing was owed, and under which configuration', () => {
    expect(didPublish({ github, mails, configHash: '', lastGood: null })).toBe('nothing was owed');
    expect(didPublish({ github: null, mails, configHash: '', lastGood: 'broken' })).toBe(
      'under the last good configuration, nothing was owed',
    );
  });

  it('count mails, and what is still owed at GitHub and by mail', () => {
    const failed = { github: { ...github, failed: [owed] }, mails: { ...mails, failed: [lost] } };

    expect(didPublish({ ...failed, configHash: '', lastGood: null })).toBe('2 still owed');
    expect(publishFault({ ...failed, configHash: '', lastGood: null })).toBe(
      'the dashboard: GitHub answered 403\nthe mail "Look": no answer',
    );
    expect(publishFault({ github: null, mails, configHash: '', lastGood: 'broken' })).toBe(
      'under the last good configuration',
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
