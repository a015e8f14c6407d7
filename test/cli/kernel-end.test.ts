// How a kernel stands at the end of a replay, in words and for programs: idle, and with a trade in a slot.

import { describe, expect, it } from 'vitest';
import { kernelEndJson, kernelEndText } from '../../src/cli/kernel-end.ts';
import { createKernel } from '../../src/kernel/create.ts';
import { config, holding } from '../kernel/build.ts';

describe('the end of a replay', () => {
  it('says what the kernel knows not, and no word of slots that are idle', () => {
    const state = createKernel(config());

    expect(kernelEndText(state)).toMatch(/^wallet E, USDT +not known$/m);
    expect(kernelEndText(state)).not.toContain('stage');
    expect(kernelEndJson(state)).toMatchObject({ venue_wallet_usdt: null, slots: [] });
  });

  it('shows what each slot holds', () => {
    const { state } = holding(50);

    expect(kernelEndText(state)).toMatch(/^slot +stage +trade +lots +realized, USDT$/m);
    expect(kernelEndText(state)).toMatch(/^ *0 +POSITION_OPENED +BTC-USDT-T-000000000001 +50 +0$/m);
    expect(kernelEndJson(state)).toMatchObject({
      kernel_state: 'RUN',
      reasons: [],
      slots: [{ slot: 0, status: 'OPEN', trade_id: 'BTC-USDT-T-000000000001', lots: 50 }],
    });
  });
});
