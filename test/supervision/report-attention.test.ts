// What a person is asked to look at: everything that needs one, the most urgent first, each with its numbers.

import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/domain/verdict.ts';
import { needsPerson, verdictSentence, worstDivergence } from '../../src/supervision/report-attention.ts';
import { aCell, aDisableVerdict, aMetaReport, anAlert, aPromotion } from '../domain/record-builders.ts';
import { aBusyReport, anAgent, aQuietAgent, aQuietCell, aStrategy } from './report-world.ts';

function aPromoteVerdict(subject: string): Verdict {
  const { evidence: _, ...common } = aDisableVerdict({ subject, episode: `${subject}/1` });
  return { ...common, kind: 'PROMOTE', evidence: { promotion: aPromotion() } };
}

function aDemoteVerdict(subject: string): Verdict {
  const { evidence: _, ...common } = aDisableVerdict({ subject, episode: `${subject}/1` });
  return { ...common, kind: 'DEMOTE', evidence: { alerts: [anAlert()], alert_since: common.ts } };
}

describe('needsPerson', () => {
  it('orders breaches, open episodes, alerts, disabled classes and proposals', () => {
    const report = aMetaReport({
      agents: { loud: anAgent(), ready: aQuietAgent(), calm: aQuietAgent() },
      strategies: {
        asleep: aStrategy({ status: 'DISABLED', cells: { TREND: aCell() } }),
        calm: aStrategy(),
        healing: aStrategy({ open_episode: 'healing/2' }),
        worst: aStrategy({ cells: { TREND: aCell() } }),
      },
    });

    const all = needsPerson(report, [aPromoteVerdict('ready')]);

    expect(all.map((each) => `${each.what} ${each.kind} ${each.name}`)).toEqual([
      'KILL class worst',
      'OPEN EPISODE class healing',
      'ALERT agent loud',
      'DISABLED class asleep',
      'PROPOSAL agent ready',
    ]);
  });

  it('says of a breach its regime, tail, interval, limit and evidence, and what happens meanwhile', () => {
    const [first] = needsPerson(aBusyReport(), [aDisableVerdict()]);

    expect(first?.why).toEqual([
      'In the current regime TREND CVaR 95 of the shortfall is 5.10 sigma (90 % interval 4.30 to 5.90, limit 4.00) ' +
        'or 2,451.2 bps (2,100.1 to 2,800.9); n 300, n_eff 132.5 in 110 spans, window 2026-06-01 to 2026-11-21.',
      'Episode macro/1 is open.',
      'The newest 60.5 effective rows, since 2026-10-20, give 5.40 sigma.',
      'The kill list has it ENABLED: entries go on.',
      'The proposal to disable the class (macro/1, 2026-11-21 10:00) waits for a person: to follow it, set status: DISABLED in config/kill-list.yaml, with reason, evidence, since and episode.',
    ]);
  });

  it('names the limit in bps where one is configured, and a regime that is not current', () => {
    const cell = aCell({
      is_current: false,
      breached: ['bps'],
      threshold: { max_cvar_error_bps: 2400, max_cvar_sigma: null, source: 'regime' },
    });
    const [first] = needsPerson(
      aMetaReport({ strategies: { macro: aStrategy({ cells: { X: cell } }) } }),
      [],
    );

    expect(first?.why[0]).toContain('In X, not the current regime CVaR 95');
    expect(first?.why[0]).toContain(
      '(90 % interval 4.30 to 5.90) or 2,451.2 bps (2,100.1 to 2,800.9, limit 2,400.0)',
    );
  });

  it('says of an alert its trigger, horizon, where it was raised, where it is now, window and effective rows', () => {
    const report = aMetaReport({ agents: { loud: anAgent() }, strategies: {} });

    expect(needsPerson(report, [])[0]?.why).toEqual([
      'Its live results stopped looking like those that the model claims.',
      'ALERT of mean at 4 h since 2026-11-21 10:00: raised at 5,000, now 6,120; window 212 signals, n_eff 212.0; ' +
        'mean error -95.1 bps, mean size of the error 180.2 bps.',
      'Its weight is 0.095 with a divergence factor of 0.50, and it is not promoted.',
    ]);
  });

  it('shows three alerts of an agent and counts the others', () => {
    const divergence = (['mean', 'scale', 'hit', 'snapshot', 'rmse'] as const).map((trigger) =>
      anAlert({ trigger }),
    );
    const report = aMetaReport({ agents: { loud: anAgent({ divergence }) }, strategies: {} });

    expect(needsPerson(report, [])[0]?.why).toContain('And 2 more.');
  });

  it('keeps a proposal whose subject has no rows any more', () => {
    const all = needsPerson(aMetaReport({ agents: {}, strategies: {} }), [aDisableVerdict()]);

    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ what: 'PROPOSAL', kind: 'class', name: 'macro' });
    expect(all[0]?.why.at(-1)).toContain('no rows of it');
  });

  it('finds nothing where all is quiet, warnings and unjudged cells included', () => {
    const report = aMetaReport({
      agents: {
        calm: aQuietAgent({ divergence: [anAlert({ state: 'WARN' }), anAlert({ state: 'RESOLVED' })] }),
      },
      strategies: { macro: aStrategy({ cells: { A: aQuietCell({ status: 'INSUFFICIENT' }) } }) },
    });

    expect(needsPerson(report, [])).toEqual([]);
  });

  it('shows unknown numbers as dashes', () => {
    const cell = aCell({ cvar95_sigma: null, ci90_sigma: null, ci90: null, window_from: null });
    const [first] = needsPerson(
      aMetaReport({ strategies: { macro: aStrategy({ cells: { A: cell } }) } }),
      [],
    );

    expect(first?.why[0]).toContain('is – sigma (90 % interval –, limit 4.00) or 2,451.2 bps (–); ');
    expect(first?.why[0]).toContain('window – to 2026-11-21');
  });
});

describe('verdictSentence', () => {
  it.each([
    [
      'a breach',
      aDisableVerdict(),
      'DISABLE proposed (macro/1, 2026-11-21 10:00). In the current regime TREND',
    ],
    [
      'a withdrawal',
      aDisableVerdict({ kind: 'REENABLE', evidence: { ...aDisableVerdict().evidence, reason: 'withdrawn' } }),
      'the proposal to DISABLE is withdrawn (macro/1, 2026-11-21 10:00).',
    ],
    [
      'a relapse',
      aDisableVerdict({ evidence: { ...aDisableVerdict().evidence, reason: 'relapse' } }),
      'the proposal to REENABLE is withdrawn, the class is beyond its limit again (macro/1',
    ],
    [
      'a recovery',
      aDisableVerdict({ kind: 'REENABLE', evidence: { ...aDisableVerdict().evidence, fresh_n_eff: 61.2 } }),
      'Newest effective rows that recovery was judged by: 61.2.',
    ],
    [
      'a promotion',
      aPromoteVerdict('a'),
      'PROMOTE proposed (a/1, 2026-11-21 10:00). 0 of 2 deciding gates pass.',
    ],
    ['a demotion', aDemoteVerdict('a'), 'DEMOTE proposed (a/1, 2026-11-21 10:00). ALERT of mean at 4 h'],
  ])('says the evidence of %s', (_case, verdict, words) => {
    expect(verdictSentence(verdict)).toContain(words);
  });
});

describe('worstDivergence', () => {
  it('is the most urgent state, and too few signals only where nothing else is known', () => {
    const of = (...states: ('OK' | 'WARN' | 'ALERT' | 'RESOLVED' | 'INSUFFICIENT')[]) =>
      worstDivergence(anAgent({ divergence: states.map((state) => anAlert({ state })) }))?.state ?? null;

    expect(of('INSUFFICIENT', 'OK', 'WARN', 'ALERT')).toBe('ALERT');
    expect(of('OK', 'RESOLVED', 'WARN')).toBe('WARN');
    expect(of('INSUFFICIENT', 'OK')).toBe('OK');
    expect(of('INSUFFICIENT')).toBe('INSUFFICIENT');
    expect(of()).toBeNull();
  });
});
