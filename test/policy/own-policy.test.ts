// What is a policy, what it is called in the journal, and what of its decisions reaches the kernel.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/domain/steps.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import { championPolicy } from '../../src/policy/champion.ts';
import { rawIntentOf } from '../../src/policy/intent.ts';
import { policyProblem, policyTag } from '../../src/policy/own-policy.ts';
import type { Decision, Policy } from '../../src/policy/policy.ts';
import { openSlot, START_MS, scanOf, settingsWith, stepped, viewOf } from './build.ts';

const SOUND: Policy = {
  name: 'mine',
  version: '1.2',
  settings: { fast: 20 },
  strategyClass: 'macro',
  begin: () => null,
  step: (memory) => ({ memory, decisions: [] }),
};

describe('a policy', () => {
  it('is an object with every member', () => {
    expect(policyProblem(SOUND)).toBeNull();
    expect(policyProblem(championPolicy(settingsWith()))).toBeNull();
  });

  it.each([
    [null, 'expected an object, found null'],
    [() => SOUND, 'expected an object, found function'],
    [
      { ...SOUND, name: 'my policy' },
      'name: expected 1 to 64 of letters, digits, ".", "_" and "-", found "my policy"',
    ],
    [
      { ...SOUND, version: 1 },
      'version: expected 1 to 64 of letters, digits, ".", "_" and "-", found number',
    ],
    [{ ...SOUND, strategyClass: '' }, 'strategyClass: expected a class of kill-list.yaml, found ""'],
    [{ ...SOUND, begin: undefined }, 'begin: expected a function, found nothing'],
    [{ ...SOUND, step: 'step' }, 'step: expected a function, found "step"'],
    [
      { ...SOUND, settings: undefined },
      'settings: expected plain JSON; {} where there is nothing to set, found nothing',
    ],
    [
      { ...SOUND, settings: { size: 1n } },
      'settings: expected plain JSON; {} where there is nothing to set, found what has no JSON',
    ],
  ])('with something wrong is told what (case %#)', (value, problem) => {
    expect(policyProblem(value)).toBe(problem);
  });

  it('is named with a digest of its settings, in whatever order they are written', () => {
    expect(policyTag(SOUND)).toMatch(/^mine@1\.2#[0-9a-f]{8}$/);
    const one = policyTag({ ...SOUND, settings: { a: 1, b: 2 } });
    expect(policyTag({ ...SOUND, settings: { b: 2, a: 1 } })).toBe(one);
    expect(policyTag({ ...SOUND, settings: { a: 1, b: 3 } })).not.toBe(one);
  });

  it('that ships is another one by another calibration', () => {
    const tags = ['champion', 'candles-1m'].map((calibration) =>
      policyTag(championPolicy(settingsWith({ calibration }))),
    );
    expect(new Set(tags).size).toBe(2);
  });
});

describe('the module that docs/policy.md shows', () => {
  it('is a policy, enters after a fall and leaves after its hour', async () => {
    const text = readFileSync(new URL('../../docs/policy.md', import.meta.url), 'utf8');
    const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const { policy } = (await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
    )) as {
      policy: Policy;
    };
    expect(policyProblem(policy)).toBeNull();
    const fallen = scanOf(2, { prices: { BTCUSDT: 39_700 } });
    const { steps } = stepped(policy, [
      viewOf(scanOf(1)),
      viewOf(fallen),
      viewOf(scanOf(61), { slots: [openSlot({ side: 'LONG' })] }),
    ]);
    expect(steps.map((decisions) => decisions.map(({ action }) => action))).toEqual([
      [],
      ['ENTER'],
      ['EXIT'],
    ]);
  });
});

describe('the intent of a decision', () => {
  const decision: Decision = {
    slot: 1,
    action: 'ENTER',
    reason: 'because',
    symbol: 'BTC-USDT',
    side: 'SHORT',
    tradeId: null,
    referencePrice: 40_000,
    size: 0.5,
    leverage: 2,
    exitLegRatios: [0.5, 1],
    isUrgent: false,
    facts: {},
  };
  const made = { decisionId: 'run.7', strategyClass: 'macro', decidedAt: '2026-01-01T00:00:00.000Z' };

  it('to enter is read whole by the kernel', () => {
    expect(intentFrom(rawIntentOf(decision, made), epochMs(START_MS))).toEqual({
      kind: 'INTENT',
      atMs: START_MS,
      intentId: 'run.7',
      action: 'ENTER',
      slot: 1,
      tradeId: null,
      symbol: 'BTC-USDT',
      side: 'SHORT',
      strategyClass: 'macro',
      decidedAtMs: START_MS,
      referencePrice: 40_000,
      size: 0.5,
      leverage: 2,
      exitLegRatios: [0.5, 1],
      isUrgent: false,
      reason: 'because',
    });
  });

  it('to leave names its trade, and goes by its leg where it has no size', () => {
    const exit: Decision = { ...decision, action: 'EXIT', tradeId: 'trade-1', size: null, leverage: null };
    expect(intentFrom(rawIntentOf({ ...exit, isUrgent: true }, made), epochMs(START_MS))).toMatchObject({
      action: 'EXIT',
      tradeId: 'trade-1',
      size: null,
      leverage: null,
      isUrgent: true,
    });
  });

  it('keeps the beginning of a reason that is too long', () => {
    const raw = rawIntentOf({ ...decision, reason: 'x'.repeat(500) }, made);
    expect(intentFrom(raw, epochMs(START_MS))).toMatchObject({ reason: 'x'.repeat(200) });
  });
});
