// Records of the supervisor: what is written fits its schema, unknown is null and nothing else, ids do not depend on the run.

import { describe, expect, it } from 'vitest';
import { CellStatistics, CvarCell, cellId, StrategyCvarRegime } from '../../src/domain/cvar.ts';
import { DivergenceAlerts } from '../../src/domain/divergence.ts';
import { Allocation, ConfidenceMultipliers, MetaReport, Promotion } from '../../src/domain/supervisor.ts';
import { validate } from '../../src/domain/validate.ts';
import { Receipt, receiptId, Verdict, verdictId } from '../../src/domain/verdict.ts';
import {
  AT,
  aCell,
  aCellLine,
  aConfidence,
  aDisableVerdict,
  aMetaReport,
  anAlert,
  anAllocation,
  aPromotion,
  aReceipt,
  SHA,
} from './record-builders.ts';

describe('the files of the supervisor', () => {
  it.each([
    [
      'strategy_cvar_regime.json',
      StrategyCvarRegime,
      { macro: { TREND: aCell(), RANGE: aCell({ status: 'OK' }) } },
    ],
    ['cells', CellStatistics, aCellLine()],
    ['divergence_alerts.json', DivergenceAlerts, { v: 1, generated_at: AT, alerts: [anAlert()], notes: [] }],
    [
      'confidence_multipliers.json',
      ConfidenceMultipliers,
      { version: 1, generated_at: AT, multipliers: { a: 0.95 }, detail: { a: aConfidence() } },
    ],
    ['promotion.json', Promotion, { 'trend-ema': aPromotion() }],
    ['allocation.json', Allocation, { 'trend-ema': anAllocation() }],
    ['meta_report.json', MetaReport, aMetaReport()],
    ['verdicts.jsonl', Verdict, aDisableVerdict()],
    ['sent.jsonl', Receipt, aReceipt()],
  ])('%s fits its schema', (_file, schema, record) => {
    expect(validate(schema, record)).toEqual({ ok: true, value: record });
  });

  it.each([
    ['no rows at all', StrategyCvarRegime, {}],
    ['no agents', Promotion, {}],
    ['nothing generated yet', DivergenceAlerts, { v: 1, generated_at: null, alerts: [], notes: [] }],
    ['no rows yet', ConfidenceMultipliers, { version: 1, generated_at: null, multipliers: {}, detail: {} }],
  ])('can say that there is %s', (_case, schema, record) => {
    expect(validate(schema, record).ok).toBe(true);
  });
});

describe('a measured number', () => {
  it('may be unknown', () => {
    const unknown = aCell({
      n: 0,
      n_eff: 0,
      cvar95_error_bps: null,
      ci90: null,
      cvar95_sigma: null,
      ci90_sigma: null,
      hit_rate: null,
      status: 'INSUFFICIENT',
      threshold: null,
    });

    expect(validate(CvarCell, unknown).ok).toBe(true);
  });

  it.each(['cvar95_error_bps', 'ci90', 'n_eff', 'hit_rate', 'threshold'])(
    'may not be left out: %s',
    (key) => {
      const { [key]: _, ...rest } = { ...aCell() } as Record<string, unknown>;

      const checked = validate(CvarCell, rest);

      expect(checked.ok ? [] : checked.error.map((problem) => problem.path)).toEqual([key]);
    },
  );

  it.each([[[1]], [[1, 2, 3]], [['1', '2']], ['1..2']])('is no interval as %j', (ci90) => {
    expect(validate(CvarCell, { ...aCell(), ci90 }).ok).toBe(false);
  });

  it('is refused under a name the record does not have', () => {
    expect(validate(CvarCell, { ...aCell(), cvar99: 1 }).ok).toBe(false);
  });
});

describe('names as keys', () => {
  it.each([[''], ['a\u0000b'], ['x'.repeat(129)]])('are refused where no name could be: %j', (agent) => {
    expect(validate(Allocation, { [agent]: anAllocation() }).ok).toBe(false);
  });
});

describe('a weight', () => {
  it.each([-0.01, 1.01])('of %d is refused', (weight) => {
    expect(validate(Allocation, { a: anAllocation({ weight }) }).ok).toBe(false);
  });
});

describe('a verdict', () => {
  it.each([
    [
      'a promotion',
      {
        kind: 'PROMOTE',
        subject: 'trend-ema',
        episode: 'trend-ema/1',
        evidence: { promotion: aPromotion() },
      },
    ],
    [
      'a demotion',
      {
        kind: 'DEMOTE',
        subject: 'trend-ema',
        episode: 'trend-ema/2',
        evidence: { alerts: [anAlert()], alert_since: AT },
      },
    ],
    ['a return', { kind: 'REENABLE' }],
  ])('can be %s', (_case, fields) => {
    expect(validate(Verdict, { ...aDisableVerdict(), ...fields }).ok).toBe(true);
  });

  it.each([
    ['a promotion on the evidence of a breach', { kind: 'PROMOTE' }],
    ['a demotion without an alert', { kind: 'DEMOTE', evidence: { alerts: [], alert_since: AT } }],
    ['an episode without a number', { episode: 'macro' }],
    ['episode 0', { episode: 'macro/0' }],
    ['a short commit', { state_commit: 'abc1234' }],
    ['a kind nobody knows', { kind: 'PAUSE' }],
  ])('cannot be %s', (_case, fields) => {
    expect(validate(Verdict, { ...aDisableVerdict(), ...fields }).ok).toBe(false);
  });
});

describe('ids of the supervisor', () => {
  it('are the same for the same evidence, whenever and by whichever version it was found', () => {
    const [first, later] = [
      aDisableVerdict(),
      aDisableVerdict({
        ts: '2026-11-22T10:00:00.000Z',
        state_commit: null,
        code_version: '0.2.0',
        prev_sha256: SHA,
      }),
    ];

    expect(verdictId(later)).toBe(verdictId(first));
  });

  it('change with the evidence, the episode and the kind', () => {
    const verdict = aDisableVerdict();
    const ids = [
      verdictId(verdict),
      verdictId({ ...verdict, episode: 'macro/2' }),
      verdictId({ ...verdict, kind: 'REENABLE' }),
      verdictId({ ...verdict, subject: 'arb' }),
      verdictId({ ...verdict, evidence: { ...verdict.evidence, regime: 'RANGE' } }),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });

  it('let one text for one key be sent once, and another text again', () => {
    const receipt = aReceipt();

    expect(receiptId({ ...receipt, ...{ ts: 'later', target: 'elsewhere' } })).toBe(receiptId(receipt));
    expect(receiptId({ ...receipt, body_sha256: 'c'.repeat(64) })).not.toBe(receiptId(receipt));
    expect(receiptId({ ...receipt, effect: 'mail' })).not.toBe(receiptId(receipt));
  });

  it('name a cell by its place and instant, not by its numbers', () => {
    expect(cellId(aCellLine({ n: 1 }))).toBe(cellId(aCellLine()));
    expect(cellId(aCellLine({ as_of: '2026-11-21T11:00:00.000Z' }))).not.toBe(cellId(aCellLine()));
    expect(cellId(aCellLine({ regime: 'RANGE' }))).not.toBe(cellId(aCellLine()));
  });
});
