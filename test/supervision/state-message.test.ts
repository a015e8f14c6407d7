// The subject of a commit of the state: what was done is counted, what was not is left out.

import { describe, expect, it } from 'vitest';
import { stateMessage } from '../../src/supervision/state-message.ts';

describe('the subject of a commit of the state', () => {
  it('names job, time and what was added', () => {
    const counted = [
      { count: 12, noun: 'row', isAdded: true },
      { count: 1, noun: 'verdict' },
    ];

    expect(stateMessage('reconcile', '2026-11-21', counted)).toBe(
      'state: reconcile 2026-11-21 (+12 rows, 1 verdict)',
    );
  });

  it('leaves out what there is none of', () => {
    const counted = [
      { count: 0, noun: 'row', isAdded: true },
      { count: 2, noun: 'reject' },
    ];

    expect(stateMessage('ingest', '2026-11-21', counted)).toBe('state: ingest 2026-11-21 (2 rejects)');
    expect(stateMessage('train', '2026-11-21', [{ count: 0, noun: 'model' }])).toBe(
      'state: train 2026-11-21',
    );
  });
});
