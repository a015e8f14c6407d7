// The facts of a runner around a kernel that a test drives: nothing beside the kernel is known, unless the test says so.

import type { RunnerFacts } from '../../src/runner/facts.ts';
import { type KernelDriver, START_MS } from '../kernel/build.ts';

/** What a runner would know of a kernel that a test drives. */
export function factsOf(kernel: KernelDriver, over: Partial<RunnerFacts> = {}): RunnerFacts {
  return {
    nowMs: kernel.nowMs,
    startedAtMs: START_MS,
    runnerId: 'pink-1',
    version: '0.1.0',
    environment: 'paper',
    marginAsset: 'USDT',
    policy: 'champion@1#0f3c',
    kernel: kernel.state,
    halted: null,
    parts: [],
    sinks: [],
    lists: { killList: null, allocation: null, classes: new Map(), problem: null },
    scan: null,
    isStopping: false,
    ...over,
  };
}
