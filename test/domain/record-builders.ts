// Valid records of the supervisor and the kernel, for tests that change what matters to them.

import type { CellStatistics, CvarCell } from '../../src/domain/cvar.ts';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import type { KernelMonitor } from '../../src/domain/kernel-monitor.ts';
import type { KernelAck, KernelSummary } from '../../src/domain/kernel-records.ts';
import type {
  AgentAllocation,
  AgentPromotion,
  ConfidenceDetail,
  MetaReport,
} from '../../src/domain/supervisor.ts';
import type { Receipt, Verdict } from '../../src/domain/verdict.ts';

export const AT = '2026-11-21T10:00:00.000Z';
export const SHA = 'a'.repeat(64);
export const COMMIT = 'b'.repeat(40);

const measurements = {
  n: 300,
  n_eff: 132.5,
  n_without_sigma: 3,
  n_blocks: 110,
  n_eff_sigma: 131.5,
  n_blocks_sigma: 109,
  window_from: '2026-06-01T00:00:00.000Z',
  window_to: AT,
  cvar95_error_bps: 2451.2,
  mean_error_bps: -61.3,
  ci90: [2100.1, 2800.9],
  se_cvar95_bps: 190.4,
  cvar95_sigma: 5.1,
  ci90_sigma: [4.3, 5.9],
  hit_rate: 0.41,
  pnl_sum_bps: -9120.5,
  recent: {
    n_eff: 60.5,
    n_blocks: 31,
    from: '2026-10-20T00:00:00.000Z',
    cvar95_error_bps: 2600.4,
    se_cvar95_error_bps: 240.1,
    cvar95_sigma: 5.4,
    se_cvar95_sigma: 0.5,
  },
} as const;

export function aCell(over: Partial<CvarCell> = {}): CvarCell {
  return {
    ...measurements,
    status: 'KILL',
    threshold: { max_cvar_error_bps: null, max_cvar_sigma: 4, source: 'class' },
    breached: ['sigma'],
    is_current: true,
    notes_cvar95_error_bps: 900.2,
    ...over,
  };
}

export function aCellLine(over: Partial<CellStatistics> = {}): CellStatistics {
  return {
    v: 1,
    cell_id: SHA,
    as_of: AT,
    strategy_class: 'macro',
    regime: 'TREND',
    horizon_hours: 24,
    ...measurements,
    is_current: true,
    fresh_n: 4,
    fresh_n_eff: 1.5,
    fresh_pnl_bps: -120.5,
    fresh_net_pnl_bps: -168.5,
    config_hash: SHA,
    code_version: '0.1.0',
    content_sha256: SHA,
    ...over,
  };
}

export function anAlert(over: Partial<DivergenceAlert> = {}): DivergenceAlert {
  return {
    ts: AT,
    agent: 'trend-ema',
    horizon_hours: 4,
    trigger: 'mean',
    window: 212,
    n_eff: 212,
    n_unusable: 0,
    statistic: 6120.4,
    limit: 5000,
    mean_abs_error_bps: 180.2,
    mean_error_bps: -95.1,
    severity: 'high',
    state: 'ALERT',
    action: 'REDUCE_ALLOC_AND_BLOCK_PROMOTION',
    since: AT,
    ...over,
  };
}

export function aConfidence(over: Partial<ConfidenceDetail> = {}): ConfidenceDetail {
  return { n: 80, n_eff: 41.2, n_excluded: 0, P: 0.52, W: 38.1, shrink: 0.7, mode: 'sigma', ...over };
}

export function aPromotion(over: Partial<AgentPromotion> = {}): AgentPromotion {
  return {
    stage: 'shadow',
    eligible: false,
    gates: {
      n_eff: { value: 41.2, comparison: '>=', limit: 60, pass: false, decides: true, note: null },
      error_rate: {
        value: null,
        comparison: '<=',
        limit: 0.05,
        pass: false,
        decides: true,
        note: 'no telemetry',
      },
    },
    ...over,
  };
}

export function anAllocation(over: Partial<AgentAllocation> = {}): AgentAllocation {
  return {
    strategy_class: 'macro',
    base: 0.2,
    multiplier: 0.95,
    divergence_factor: 0.5,
    status: 'ENABLED',
    weight: 0.095,
    ...over,
  };
}

export function aMetaReport(over: Partial<MetaReport> = {}): MetaReport {
  return {
    v: 1,
    generated_at: AT,
    horizon_hours: 24,
    config_hash: SHA,
    code_version: '0.1.0',
    agents: {
      'trend-ema': {
        strategy_class: 'macro',
        n: 80,
        n_eff: 41.2,
        last_exit_at: AT,
        sim_version: 'ridge_h24@0123abcd',
        avg_abs_error_bps: 180.2,
        avg_pnl_error_bps: -20.5,
        hit_rate: 0.48,
        pnl_sum_bps: 310.2,
        net_pnl_sum_bps: -650.1,
        n_runs: 0,
        error_rate: null,
        multiplier: 0.95,
        confidence: aConfidence(),
        divergence: [anAlert()],
        notes_divergence: {
          agent: 'trend-ema',
          window: 80,
          mean_abs_error_bps: 180.2,
          mean_error_bps: -20.5,
          severity: 'high',
        },
        promotion: aPromotion(),
        allocation: anAllocation(),
      },
    },
    strategies: {
      macro: {
        status: 'ENABLED',
        current_regime: 'TREND',
        open_episode: 'macro/1',
        agents: ['trend-ema'],
        cells: { TREND: aCell() },
        days: [{ day: '2026-11-21', n: 4, pnl_bps: -120.5, net_pnl_bps: -168.5, mean_abs_error_sigma: 1.2 }],
      },
    },
    ...over,
  };
}

type ClassVerdict = Extract<Verdict, { kind: 'DISABLE' | 'REENABLE' }>;

export function aDisableVerdict(over: Partial<ClassVerdict> = {}): ClassVerdict {
  return {
    v: 1,
    verdict_id: SHA,
    ts: AT,
    episode: 'macro/1',
    subject: 'macro',
    kind: 'DISABLE',
    evidence: {
      reason: over.kind === 'REENABLE' ? 'recovered' : 'breach',
      regime: 'TREND',
      horizon_hours: 24,
      decision: 'lcb',
      cell: aCell(),
      model_ids: ['ridge_h24-1'],
      fresh_n_eff: over.kind === 'REENABLE' ? 61.2 : null,
      recovered_from: {},
    },
    state_commit: COMMIT,
    config_hash: SHA,
    code_version: '0.1.0',
    prev_sha256: null,
    ...over,
  };
}

export function aReceipt(over: Partial<Receipt> = {}): Receipt {
  return {
    v: 1,
    receipt_id: SHA,
    ts: AT,
    effect: 'open_pull_request',
    key: 'macro DISABLE macro/1',
    verdict_id: SHA,
    body_sha256: SHA,
    outcome: 'done',
    target: 'https://github.com/o/r/pull/7',
    state_commit: COMMIT,
    content_sha256: SHA,
    ...over,
  };
}

export function anAck(over: Partial<KernelAck> = {}): KernelAck {
  return {
    v: 1,
    ack_id: SHA,
    ts: AT,
    runner_id: 'pink-1',
    strategy_class: 'macro',
    episode: 'macro/1',
    applied: 'entries_blocked',
    kill_list_sha256: SHA,
    kill_list_commit: COMMIT,
    open_orders_canceled: 2,
    open_positions_left: [{ instrument: 'BTC-USDT', side: 'LONG', quantity: '0.0150' }],
    trading_state: 'active',
    sequence: 1042,
    ...over,
  };
}

export function aSummary(over: Partial<KernelSummary> = {}): KernelSummary {
  return {
    v: 1,
    ts: AT,
    next_due_at: '2026-11-21T10:10:00.000Z',
    runner_id: 'pink-1',
    version: '0.1.0',
    trading_state: 'reducing',
    trading_state_reason: 'ledger residual is 31.20 USDT',
    trading_state_since: AT,
    kill_list: { sha256: SHA, commit: null, applied_at: AT },
    allocation: null,
    strategies: {
      macro: {
        permission: 'entries_blocked',
        reason: 'DISABLED in the kill list',
        episode: 'macro/1',
        size_factor: 0.95,
        open_orders: 0,
        open_positions: 1,
      },
    },
    positions: [
      {
        instrument: 'BTC-USDT',
        strategy_class: null,
        side: 'LONG',
        quantity: '0.0150',
        average_price: '98120.5',
        mark_price: null,
        unrealized_pnl: null,
      },
    ],
    orders_in_doubt: 0,
    ledger: {
      asset: 'USDT',
      kernel_balance: '25000.00',
      exchange_balance: '24968.80',
      residual: '-31.20',
      band: 'error',
      since: AT,
    },
    streams: {
      feed: { state: 'up', last_at: AT, age_ms: 120 },
      account: { state: 'down', last_at: null, age_ms: null },
    },
    sequence: 1043,
    ...over,
  };
}

export function aMonitor(over: Partial<KernelMonitor> = {}): KernelMonitor {
  return {
    environment: 'paper',
    policy: 'champion@1#0f3c',
    is_stopping: false,
    halted: null,
    command: 'run',
    reasons: [{ name: 'STREAM_DOWN', since: AT, text: 'the stream is down' }],
    orders: [
      {
        client_order_id: 'abc',
        trade_id: 'BTC-USDT-T-000000000001',
        instrument: 'BTC-USDT',
        role: 'entry',
        side: 'BUY',
        type: 'LIMIT',
        quantity: '0.05',
        filled: '0',
        limit: '1000',
        status: 'WORKING',
      },
    ],
    orders_left_out: 0,
    parts: [{ name: 'feed', state: 'up', why: '', last_at: AT }],
    sinks: [{ name: 'clickhouse', state: 'down', why: 'refused', last_at: null, lag: 7, failures: 2 }],
    last_decision: 'HOLD: no signal',
    last_events: [{ record: 1042, at: AT, text: "the venue's stream is down" }],
    ...over,
  };
}
