// What is found about an agent for its promotion: how many signals divergence has looked at, at the horizon that decides.

import { describe, expect, it } from 'vitest';
import { WardenConfig } from '../../src/domain/config.ts';
import type { DivergenceAlert } from '../../src/domain/divergence.ts';
import { settingsFrom } from '../../src/domain/settings.ts';
import { validate } from '../../src/domain/validate.ts';
import { agentFindings } from '../../src/supervision/agent-findings.ts';
import { newHistory } from '../../src/supervision/history.ts';
import type { LookInput } from '../../src/supervision/look-input.ts';
import { supervisorRules } from '../../src/supervision/supervisor-rules.ts';
import { anAlert } from '../domain/record-builders.ts';

const AGENT = 'momentum';

function lookInput(): LookInput {
  const cost = () => ({ fee_bps: 0, slip_bps: 0 });
  const warden = validate(WardenConfig, {
    version: 1,
    horizons_hours: [1, 24],
    prices: {},
    costs: { spot: cost(), perp: cost(), equity: cost() },
    model: { ridge: null },
  });
  if (!warden.ok) throw new Error(JSON.stringify(warden.error));
  const agents = { [AGENT]: { strategy_class: 'macro', stage: 'shadow', base_weight: 0.1 } };
  return {
    history: newHistory(),
    settings: settingsFrom({ warden: warden.value, agents, kill_list: {} }),
    rules: supervisorRules(warden.value),
    pending: [],
    runs: new Map(),
    past: [],
    codeVersion: 'test',
  };
}

function ofMean(over: Partial<DivergenceAlert>): DivergenceAlert {
  return anAlert({ agent: AGENT, trigger: 'mean', horizon_hours: 24, state: 'OK', since: null, ...over });
}

/** The gate on what divergence has seen, given these triggers. */
function signalsGate(alerts: readonly DivergenceAlert[]) {
  const cells = { byClass: new Map(), regimes: new Map() };
  const [found] = agentFindings(lookInput(), cells, alerts);
  return found?.promotion.gates['divergence_signals'];
}

describe('the signals that divergence has looked at', () => {
  it('are those of the mean trigger at the deciding horizon', () => {
    const hourly = ofMean({ horizon_hours: 1, window: 700 });
    const hits = ofMean({ trigger: 'hit', window: 80 });
    const daily = ofMean({ window: 31 });
    expect(signalsGate([hourly, hits, daily])).toMatchObject({
      value: 31,
      limit: 30,
      pass: true,
      decides: true,
    });
    expect(signalsGate([hourly, hits, ofMean({ window: 29, state: 'INSUFFICIENT' })])).toMatchObject({
      value: 29,
      pass: false,
      note: null,
    });
  });

  it('are none where the trigger has seen none, at that horizon and of that agent', () => {
    expect(signalsGate([])).toMatchObject({ value: 0, pass: false });
    expect(signalsGate([ofMean({ horizon_hours: 1, window: 700 })])).toMatchObject({ value: 0, pass: false });
    expect(signalsGate([ofMean({ window: 700, agent: 'other' })])).toMatchObject({ value: 0, pass: false });
  });

  it('are unknown where it has seen enough but cannot use the newest', () => {
    const silenced = ofMean({ window: 200, state: 'INSUFFICIENT' });
    expect(signalsGate([silenced])).toMatchObject({ value: null, pass: false });
    expect(signalsGate([silenced])?.note).toContain('no usable error');
  });

  it('start again with the trigger after an alert has ended', () => {
    expect(signalsGate([ofMean({ window: 3, state: 'RESOLVED' })])).toMatchObject({ value: 3, pass: false });
  });
});
