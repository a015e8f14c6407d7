// A kernel under test with a control desk before it: takes commands as a host would, and is asked as a person would ask.

import type { KernelControlRequest, KernelControlResponse } from '../../../src/domain/kernel-control.ts';
import { KernelControlResponse as ResponseSchema } from '../../../src/domain/kernel-control.ts';
import type { EpochMs } from '../../../src/domain/steps.ts';
import { validate } from '../../../src/domain/validate.ts';
import type { CommandEvent } from '../../../src/kernel/event.ts';
import type { Log } from '../../../src/ports.ts';
import { type ControlDesk, controlDesk } from '../../../src/runner/control/control-desk.ts';
import { type ControlMemory, controlMemory } from '../../../src/runner/control/control-memory.ts';
import type { RunnerFacts } from '../../../src/runner/facts.ts';
import type { AppliedRecord, Take } from '../../../src/runner/record.ts';
import { AT, aSummary } from '../../domain/record-builders.ts';
import { type ConfigOver, KernelDriver } from '../../kernel/build.ts';
import { factsOf } from '../facts-of.ts';

/** A driver whose every record is seen by a memory, as a host's observers see it. */
class WatchedKernel extends KernelDriver {
  readonly memory: ControlMemory;
  readonly commands: CommandEvent[] = [];

  constructor(memory: ControlMemory, over: ConfigOver = {}) {
    super(over);
    this.memory = memory;
  }

  protected override observed(record: AppliedRecord): void {
    if (record.event.kind === 'COMMAND') this.commands.push(record.event);
    this.memory.observe(record, this.state);
  }
}

export interface DeskWorld {
  readonly kernel: WatchedKernel;
  readonly desk: ControlDesk;
  readonly memory: ControlMemory;
  /** What was logged, with its level. */
  readonly said: string[];
  /** What a test changes of the facts. */
  over: Partial<RunnerFacts>;
  /** Whether there is a kernel, as it is not while a runner starts. */
  hasBegun: boolean;
  /** What the kernel came to a halt with by itself; it takes nothing then. */
  halted: string | null;
  facts(): RunnerFacts;
  /** Asks, and holds the answer to its schema. */
  ask(command: KernelControlRequest['command'], over?: Partial<KernelControlRequest>): KernelControlResponse;
}

export function request(over: Partial<KernelControlRequest> = {}): KernelControlRequest {
  return {
    v: 1,
    request_id: 'r-1',
    command: 'status',
    reason: null,
    requested_by: { who: 'ada', run_url: null },
    requested_at: AT,
    ...over,
  };
}

export function aLog(said: string[]): Log {
  return {
    info: (message) => void said.push(`info ${message}`),
    warn: (message) => void said.push(`warn ${message}`),
    error: (message) => void said.push(`error ${message}`),
  };
}

/** A desk before a kernel that is in step with its venue, unless `isReady` is false. */
export function deskWorld(over: ConfigOver = {}, isReady = true): DeskWorld {
  const memory = controlMemory();
  const kernel = new WatchedKernel(memory, over);
  if (isReady) kernel.ready();
  const said: string[] = [];
  const take: Take = (make) => {
    if (world.halted !== null) return null;
    const { kind, ...rest } = make(kernel.nowMs as EpochMs);
    return kernel.apply({ kind, ...rest });
  };
  let asked = 0;
  const world: DeskWorld = {
    kernel,
    memory,
    said,
    over: {},
    hasBegun: true,
    halted: null,
    desk: controlDesk({
      take,
      facts: () => (world.hasBegun ? world.facts() : null),
      summary: () => (world.hasBegun ? aSummary() : null),
      memory,
      log: aLog(said),
    }),
    facts: () =>
      factsOf(kernel, {
        halted: world.halted,
        parts: [{ name: 'feed', state: 'up', why: '', lastAtMs: kernel.nowMs }],
        sinks: [{ name: 'ndjson', state: 'up', why: '', lastAtMs: kernel.nowMs, lag: 3, failures: 0 }],
        ...world.over,
      }),
    ask(command, given = {}) {
      asked += 1;
      const reason = command === 'status' || command === 'why' ? null : 'why not';
      const answer = world.desk.answer(request({ request_id: `r-${asked}`, command, reason, ...given }));
      const checked = validate(ResponseSchema, answer);
      if (!checked.ok) throw new Error(JSON.stringify(checked.error));
      return answer;
    },
  };
  return world;
}
