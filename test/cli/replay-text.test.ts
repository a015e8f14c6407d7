// The summary of a replay on a terminal: an alert says what its statistic was when it was seen, and where it is raised.

import { describe, expect, it } from 'vitest';
import { replayText } from '../../src/cli/replay-text.ts';
import type { ReconcileReport } from '../../src/jobs/reconcile.ts';
import { newDiary, noteLook } from '../../src/supervision/diary.ts';
import { aBusyReport } from '../supervision/report-world.ts';

const NOTHING_DUE: ReconcileReport = {
  events: { lines: 0, admitted: 0, duplicates: 0, conflicts: 0, flat: 0, invalid: 0, torn_tails: 0 },
  due: {
    pairs: 0,
    reconciled: 0,
    already_reconciled: 0,
    priced_across_gap: 0,
    given_up: { stale_price: 0, no_price: 0 },
    waiting: { pending: 0, stale_price: 0, no_price: 0 },
  },
  open_pairs: 0,
  losses: [],
  first_rejects: [],
  remarks: [],
  price_requests: 0,
  instruments: { asked: 0, unavailable: 0 },
  loss_ratio: 0,
  max_loss_ratio: 0.2,
  loss_too_high: false,
  changed: false,
};

describe('replayText', () => {
  it('names the columns of alerts as every report does', () => {
    const diary = newDiary();
    noteLook(diary, aBusyReport(), []);

    const text = replayText({
      steps: 1,
      trainings: 0,
      reconciled: 0,
      models_saved: 0,
      last_reconcile: NOTHING_DUE,
      last_train: [],
      diary,
      changed: true,
    });

    expect(text).toMatch(/^agent +horizon +trigger +since +statistic first seen +raised at +ended$/m);
  });
});
