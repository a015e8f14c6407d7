// What waits for a person: a proposal is open until the configuration follows it, or until it is withdrawn.

import { describe, expect, it } from 'vitest';
import type { KillListEntry } from '../../src/domain/kill-list.ts';
import { type Settings, settingsFrom } from '../../src/domain/settings.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { type AgentsNow, openVerdicts } from '../../src/supervision/open-verdicts.ts';
import { AT, aDisableVerdict, anAlert, aPromotion, SHA } from '../domain/record-builders.ts';
import { worldConfig } from '../jobs/supervise-world.ts';

const warden = worldConfig();

function settings(over: Partial<Pick<Settings, 'agents' | 'kill_list'>> = {}): Settings {
  return settingsFrom({ warden, agents: {}, kill_list: {}, ...over });
}

function disabled(episode: string, since = AT): KillListEntry {
  return { status: 'DISABLED', reason: 'r', evidence: 'e', since, episode };
}

function reenable(episode = 'macro/1'): Verdict {
  return aDisableVerdict({ kind: 'REENABLE', episode });
}

function onAgent(kind: 'PROMOTE' | 'DEMOTE', subject = 'trend-ema'): Verdict {
  const { verdict_id, ts, state_commit, config_hash, code_version } = aDisableVerdict();
  const facts = { v: 1 as const, verdict_id, ts, episode: `${subject}/1`, subject };
  const provenance = { state_commit, config_hash, code_version, prev_sha256: SHA };
  return kind === 'PROMOTE'
    ? { ...facts, kind, evidence: { promotion: aPromotion() }, ...provenance }
    : { ...facts, kind, evidence: { alerts: [anAlert()], alert_since: AT }, ...provenance };
}

/** Both agents are eligible, and trend-ema has an open alert. */
const agentsNow: AgentsNow = {
  promotion: { 'trend-ema': aPromotion({ eligible: true }), macro: aPromotion({ eligible: true }) },
  alerts: [anAlert()],
};

function shown(
  log: readonly Verdict[],
  over: Partial<Pick<Settings, 'agents' | 'kill_list'>> = {},
  now: Partial<AgentsNow> = {},
): string[] {
  return openVerdicts(log, settings(over), { ...agentsNow, ...now }).map(
    ({ kind, subject, episode }) => `${kind} ${subject} ${episode}`,
  );
}

const live = { 'trend-ema': { strategy_class: 'macro', stage: 'live' as const, base_weight: 0.1 } };

describe('openVerdicts', () => {
  it('holds a DISABLE until the kill list follows it', () => {
    expect(shown([aDisableVerdict()])).toEqual(['DISABLE macro macro/1']);
    expect(shown([aDisableVerdict()], { kill_list: { macro: { status: 'ENABLED' } } })).toHaveLength(1);
    expect(shown([aDisableVerdict()], { kill_list: { macro: disabled('macro/1') } })).toEqual([]);
  });

  it('names the newest DISABLE of an episode once', () => {
    const grown = aDisableVerdict({ verdict_id: 'c'.repeat(64) });

    expect(openVerdicts([aDisableVerdict(), grown], settings(), agentsNow)).toEqual([grown]);
  });

  it('drops a proposal that was withdrawn', () => {
    expect(shown([aDisableVerdict(), reenable()])).toEqual([]);
  });

  it('holds a REENABLE while the class is disabled for that very episode', () => {
    const log = [aDisableVerdict(), reenable()];

    expect(shown(log, { kill_list: { macro: disabled('macro/1') } })).toEqual(['REENABLE macro macro/1']);
    expect(shown(log, { kill_list: { macro: disabled('macro/2') } })).toEqual([]);
    expect(shown([...log, aDisableVerdict({ episode: 'macro/2' })])).toEqual(['DISABLE macro macro/2']);
  });

  it('does not take a proposal that was withdrawn, and merged all the same, for a recovery', () => {
    const { evidence } = aDisableVerdict();
    const withdrawn = aDisableVerdict({ kind: 'REENABLE', evidence: { ...evidence, reason: 'withdrawn' } });

    expect(shown([aDisableVerdict(), withdrawn], { kill_list: { macro: disabled('macro/1') } })).toEqual([]);
  });

  it('drops a recovery from before a person disabled the class again', () => {
    const log = [aDisableVerdict(), reenable()];
    const later = disabled('macro/1', '2026-11-21T10:00:00.001Z');

    expect(shown(log, { kill_list: { macro: later } })).toEqual([]);
  });

  it('drops a REENABLE where the class relapsed since', () => {
    const log = [aDisableVerdict(), reenable(), aDisableVerdict()];

    expect(shown(log, { kill_list: { macro: disabled('macro/1') } })).toEqual([]);
    expect(shown(log)).toEqual(['DISABLE macro macro/1']);
    expect(shown([...log, reenable()], { kill_list: { macro: disabled('macro/1') } })).toEqual([
      'REENABLE macro macro/1',
    ]);
  });

  it('holds a PROMOTE of a shadow and a DEMOTE of a live agent, and not the other way round', () => {
    expect(shown([onAgent('PROMOTE')])).toEqual(['PROMOTE trend-ema trend-ema/1']);
    expect(shown([onAgent('PROMOTE')], { agents: live })).toEqual([]);
    expect(shown([onAgent('DEMOTE')], { agents: live })).toEqual(['DEMOTE trend-ema trend-ema/1']);
    expect(shown([onAgent('DEMOTE')])).toEqual([]);
    expect(shown([onAgent('PROMOTE'), onAgent('DEMOTE')])).toEqual([]);
  });

  it('drops a PROMOTE of a shadow that is not eligible any more, or is gone', () => {
    const refused = { 'trend-ema': aPromotion({ eligible: false }) };

    expect(shown([onAgent('PROMOTE')], {}, { promotion: refused })).toEqual([]);
    expect(shown([onAgent('PROMOTE')], {}, { promotion: {} })).toEqual([]);
    expect(shown([onAgent('PROMOTE', 'constructor')])).toEqual([]);
    expect(shown([onAgent('PROMOTE')], {}, { alerts: [] })).toHaveLength(1);
  });

  it('drops a DEMOTE once none of its alerts is open, and knows an alert that a late row moved', () => {
    const moved = anAlert({ since: '2026-11-21T02:00:00.000Z' });

    expect(shown([onAgent('DEMOTE')], { agents: live }, { alerts: [moved] })).toHaveLength(1);
    for (const alerts of [
      [],
      [anAlert({ state: 'RESOLVED' })],
      [anAlert({ state: 'WARN' })],
      [anAlert({ agent: 'other' })],
      [anAlert({ trigger: 'hit' })],
      [anAlert({ since: '2027-01-22T10:00:00.000Z' })],
    ])
      expect(shown([onAgent('DEMOTE')], { agents: live }, { alerts })).toEqual([]);
  });

  it('sorts classes first, and tells an agent from a class of the same name', () => {
    const log = [
      onAgent('PROMOTE', 'macro'),
      aDisableVerdict(),
      aDisableVerdict({ subject: 'arb', episode: 'arb/1' }),
    ];

    expect(shown(log)).toEqual(['DISABLE arb arb/1', 'DISABLE macro macro/1', 'PROMOTE macro macro/1']);
  });
});
