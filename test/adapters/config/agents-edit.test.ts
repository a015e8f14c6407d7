// Edits of an agents.yaml that people wrote by hand: one agent moves between shadow and live.

import { describe, expect, it } from 'vitest';
import { stagedAgent } from '../../../src/adapters/config/agents-edit.ts';

const OF_MACRO = { strategyClass: 'macro' };
const REGISTRY = `trend-ema: # follows
  strategy_class: macro
  stage: shadow # for now
  base_weight: 0.2
  paths:
    - agents/trend/**
`;

describe('moving an agent', () => {
  it('changes its stage and nothing else', () => {
    expect(stagedAgent(REGISTRY, 'trend-ema', 'live', OF_MACRO)).toEqual({
      ok: true,
      value: REGISTRY.replace('stage: shadow', 'stage: live'),
    });
  });

  it('writes the stage of an agent that had the one by default', () => {
    expect(stagedAgent('a: { strategy_class: macro }\n', 'a', 'live', OF_MACRO)).toEqual({
      ok: true,
      value: 'a: { stage: live, strategy_class: macro }\n',
    });
  });

  it('adds an agent that the registry does not hold, with its class', () => {
    expect(stagedAgent(REGISTRY, 'new one', 'live', OF_MACRO)).toEqual({
      ok: true,
      value: `${REGISTRY}\n"new one":\n  strategy_class: macro\n  stage: live\n`,
    });
  });

  it('begins a registry where there is none', () => {
    expect(stagedAgent(null, 'a', 'live', OF_MACRO)).toEqual({
      ok: true,
      value: 'a:\n  strategy_class: macro\n  stage: live\n',
    });
  });

  it('is the same text where the agent is at the stage already', () => {
    expect(stagedAgent(REGISTRY, 'trend-ema', 'shadow', OF_MACRO)).toEqual({ ok: true, value: REGISTRY });
  });

  it('refuses a registry that is broken', () => {
    expect(stagedAgent('a: { stage: live }\n', 'a', 'shadow', OF_MACRO).ok).toBe(false);
  });
});
