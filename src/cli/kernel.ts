// The commands about PINK, the kernel, in one group.

import { registerKernelBacktest } from './kernel-backtest.ts';
import { registerKernelCtl } from './kernel-ctl.ts';
import { registerKernelExplain } from './kernel-explain.ts';
import { registerKernelReplay } from './kernel-replay.ts';
import { registerKernelRun } from './kernel-run.ts';
import { registerKernelVenue } from './kernel-venue.ts';
import type { Frame } from './program.ts';

/** Adds the commands to the frame. */
export function registerKernel(frame: Frame): void {
  const group = frame.group(
    'kernel',
    'Talk to the kernel, PINK, where its runner runs, apply its journal again, or ask its venue',
  );
  registerKernelRun(group);
  registerKernelCtl(group);
  registerKernelExplain(group);
  registerKernelBacktest(group);
  registerKernelReplay(group);
  registerKernelVenue(group);
}
