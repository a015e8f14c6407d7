// The row of a step as a sink takes it, of which a test says what matters to it.

import type { SinkRow } from '../../../src/domain/sink-row.ts';

export type StepRow = Extract<SinkRow, { readonly table: 'steps' }>;

export function stepRow(over: Partial<StepRow>): StepRow {
  return {
    table: 'steps',
    instance: 'pink',
    run: 'run-1',
    seq: 1,
    part: 0,
    at: '2026-11-21T10:00:00.000Z',
    phase: 'decision',
    decision_id: '',
    policy: '',
    action: 'HOLD',
    symbol: '',
    reason: '',
    outcome: '',
    details: '',
    slot: null,
    trade_id: null,
    stage: '',
    kernel_state: 'RUN',
    wallet: null,
    exchange_wallet: null,
    facts: '{}',
    ...over,
  };
}
