// The words about the supervisor: an alert is claimed where there was one, and a false one is owned up to.

import { describe, expect, it } from 'vitest';
import { supervisionSentences, supervisionTables } from '../../src/demo/supervision-story.ts';
import type {
  DemoAlert,
  DemoVerdict,
  SupervisedAgent,
  SupervisionSummary,
} from '../../src/demo/supervision-summary.ts';

function standing(changes: Partial<SupervisedAgent> = {}): SupervisedAgent {
  return {
    agent: 'trend-ema',
    strategy_class: 'macro',
    stage: 'live',
    base_weight: 0.2,
    multiplier: 0.94142,
    divergence_factor: 0.5,
    weight: 0.094142,
    alert_looks: 28,
    notes_looks: 114,
    ...changes,
  };
}

function alertOf(changes: Partial<DemoAlert> = {}): DemoAlert {
  return {
    agent: 'trend-ema',
    strategy_class: 'macro',
    horizon_hours: 4,
    trigger: 'mean',
    since: '2026-04-03T01:00:00.000Z',
    days_after_break: 12.04,
    ended: null,
    ...changes,
  };
}

function verdictOf(changes: Partial<DemoVerdict> = {}): DemoVerdict {
  const episode = 'trend-ema/1';
  const place = { ts: '2026-04-06T23:00:00.000Z', days_after_break: 15.9 };
  return { ...place, kind: 'DEMOTE', subject: 'trend-ema', episode, ...changes };
}

function summaryWith(changes: Partial<SupervisionSummary> = {}): SupervisionSummary {
  const coin = standing({
    agent: 'coin-flip',
    strategy_class: 'event',
    stage: 'shadow',
    weight: 0,
    alert_looks: 0,
    notes_looks: 110,
  });
  return {
    looks: 120,
    agents: [standing(), coin],
    alerts: [alertOf()],
    verdicts: [verdictOf()],
    ...changes,
  };
}

function sentence(beginning: string, changes: Partial<SupervisionSummary> = {}): string {
  const found = supervisionSentences(summaryWith(changes)).find((each) => each.startsWith(beginning));
  return found ?? '';
}

describe('supervisionSentences', () => {
  it('tells the first alert in the class that broke, how long it took, and what became of its weight', () => {
    const later = alertOf({ trigger: 'hit', days_after_break: 13.7 });

    const found = sentence('What the supervisor found', { alerts: [alertOf(), later] });

    expect(found).toContain(
      'trend-ema first alerted 2026-04-03 01:00 (mean at 4 h), 12.0 days after its class broke',
    );
    expect(found).toContain('weight is 0.094 of 0.200 (multiplier 0.941, divergence factor 0.50)');
    expect(found).toContain('Of what did not break nothing alerted in 120 looks.');
    expect(found).not.toContain('False');
  });

  it('owns up to alerts of others, and to one in the class itself from before it broke', () => {
    const early = alertOf({ trigger: 'scale', since: '2026-03-01T01:00:00.000Z', days_after_break: -21 });
    const other = alertOf({ agent: 'coin-flip', strategy_class: 'event', trigger: 'hit', horizon_hours: 1 });

    const found = sentence('What the supervisor found', { alerts: [early, alertOf(), other] });

    expect(found).toContain('12.0 days after its class broke');
    expect(found).toContain(
      'False alerts: trend-ema (scale at 4 h, 2026-03-01 01:00), coin-flip (hit at 1 h, 2026-04-03 01:00).',
    );
    expect(found).not.toContain('nothing alerted');
  });

  it('says so where the break was not found', () => {
    const found = sentence('What the supervisor found', { alerts: [], agents: [] });

    expect(found).toContain('no alert in class macro since a break');
    expect(found).toContain('take more --days');
  });

  it('names what was proposed with its date, as many as fit', () => {
    const six = Array.from({ length: 8 }, (_, i) => verdictOf({ subject: `class-${i}`, kind: 'DISABLE' }));

    expect(sentence('What was proposed')).toContain(
      'What was proposed: DEMOTE trend-ema (2026-04-06 23:00).',
    );
    expect(sentence('What was proposed', { verdicts: six })).toContain(
      'DISABLE class-5 (2026-04-06 23:00) and 2 more.',
    );
    expect(sentence('What was proposed', { verdicts: [] })).toBe('What was proposed: nothing.');
  });

  it('counts at how many looks the plain thresholds alert on agents that never broke', () => {
    const calm = standing({ agent: 'coin-flip', strategy_class: 'event', alert_looks: 1, notes_looks: 3 });

    expect(sentence('What plain')).toContain('110 of 120 looks (Warden: 0), so that an alert of theirs says');
    expect(sentence('What plain', { agents: [standing(), calm] })).toMatch(/3 of 120 looks \(Warden: 1\)\.$/);
  });
});

describe('supervisionTables', () => {
  it('shows where every agent stands and when each alert began and ended', () => {
    const ended = alertOf({ trigger: 'hit', days_after_break: 13.7, ended: '2026-04-20T05:00:00.000Z' });

    const lines = supervisionTables(summaryWith({ alerts: [alertOf(), ended] }))
      .join('\n')
      .split('\n');
    const cells = lines.map((line) => line.split(/\s{2,}/));

    expect(cells).toContainEqual(['trend-ema', 'macro', 'live', '0.2', '0.941', '0.5', '0.094', '28', '114']);
    expect(cells).toContainEqual(['trend-ema', '4 h', 'mean', '2026-04-03 01:00', '12.04', 'open']);
    expect(cells).toContainEqual(['trend-ema', '4 h', 'hit', '2026-04-03 01:00', '13.7', '2026-04-20 05:00']);
    expect(lines.every((line) => line.length <= 110)).toBe(true);
  });

  it('says that there was no alert', () => {
    expect(supervisionTables(summaryWith({ alerts: [] })).at(-1)).toBe('Alerts: none');
  });
});
