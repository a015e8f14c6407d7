// Answers the requests of people: each becomes one command in the journal of the kernel, once, and is answered when it is durable.

import type { KernelControlRequest, KernelControlResponse } from '../../domain/kernel-control.ts';
import type { KernelSummary } from '../../domain/kernel-records.ts';
import type { CommandEvent, TradingCommand } from '../../kernel/event.ts';
import type { KernelState } from '../../kernel/state.ts';
import { effectiveState } from '../../kernel/trading.ts';
import type { Log } from '../../ports.ts';
import type { RunnerFacts } from '../facts.ts';
import type { Take } from '../record.ts';
import type { ControlMemory } from './control-memory.ts';
import { type Fate, journaledId, rememberedFate } from './control-request-id.ts';
import { monitorOf } from './monitor.ts';
import { STATE_MEANS, STATE_NAMES, TOLD } from './reason-words.ts';
import { sentence } from './sentence.ts';
import { doubtLines, reasonLines, whyDenied, whyFrozen } from './why.ts';

interface ControlDeskDeps {
  readonly take: Take;
  /** `null` while the runner starts, and there is no kernel yet. */
  readonly facts: () => RunnerFacts | null;
  readonly summary: () => KernelSummary | null;
  readonly memory: ControlMemory;
  readonly log: Log;
}

export interface ControlDesk {
  /** Carries a request out and answers it. Nothing else happens in between, so requests follow each other in the order of the journal. */
  answer(request: KernelControlRequest): KernelControlResponse;
}

type Said = Pick<KernelControlResponse, 'outcome' | 'message'>;

/** What a request comes to: the command that is journaled for it, with its fate, and what is answered once it is durable. */
interface Plan {
  readonly command: CommandEvent['command'];
  readonly fate: Fate;
  /** Before the reason in the journal, where the command is not the one that was asked for. */
  readonly note: string;
  readonly said: (after: KernelState) => Said;
}

/** From the mildest to the most severe. */
const SEVERITY: readonly TradingCommand[] = ['RUN', 'ENTRY_FROZEN', 'REDUCE_ONLY', 'FLATTENING', 'HALTED'];

/** Returns the desk of a kernel. It keeps nothing by itself: what was asked before is in what the kernel remembers, over every restart. */
export function controlDesk(deps: ControlDeskDeps): ControlDesk {
  return {
    answer(request) {
      const { command } = request;
      const facts = deps.facts();
      if (command === 'status') return respond(deps, request, statusSaid(facts));
      if (command === 'why') return whyAnswer(deps, request, facts);
      const said = facts === null ? NOT_BEGUN : carriedOut(deps, request, facts);
      if (said.outcome === 'refused')
        deps.log.warn(`${command} of ${whoOf(request)} was refused: ${said.message}`);
      else
        deps.log.info(
          `${command} of ${whoOf(request)} (${request.reason ?? ''}): ${said.outcome}, ${said.message}`,
        );
      return respond(deps, request, said);
    },
  };
}

const NOT_BEGUN: Said = {
  outcome: 'refused',
  message: 'the runner is starting and there is no kernel yet, so nothing was done; ask again in a moment',
};

function statusSaid(facts: RunnerFacts | null): Said {
  if (facts === null)
    return { outcome: 'done', message: 'the runner is starting; how the kernel stands is not known yet' };
  if (facts.halted !== null)
    return { outcome: 'done', message: `the kernel takes nothing any more: ${facts.halted}` };
  const state = effectiveState(facts.kernel);
  const stopping = facts.isStopping ? 'the runner is stopping; ' : '';
  return { outcome: 'done', message: `${stopping}${STATE_MEANS[state]}` };
}

function whyAnswer(
  deps: ControlDeskDeps,
  request: KernelControlRequest,
  facts: RunnerFacts | null,
): KernelControlResponse {
  if (facts === null) return respond(deps, request, statusSaid(null));
  const { about } = request;
  const lines = about === undefined ? whyFrozen(facts, deps.memory) : whyDenied(facts, deps.memory, about);
  const message =
    about === undefined ? STATE_MEANS[effectiveState(facts.kernel)] : `what is known of ${about}`;
  return { ...respond(deps, request, { outcome: 'done', message }), explanation: [...lines] };
}

function carriedOut(deps: ControlDeskDeps, request: KernelControlRequest, facts: RunnerFacts): Said {
  const { kernel } = facts;
  if (facts.halted !== null) return stopped(facts.halted);
  const before = rememberedFate(kernel, request);
  if (before !== null) return repeated(request, before);
  const plan = planOf(request, kernel);
  const outcome = deps.take((atMs) => ({
    kind: 'COMMAND',
    atMs,
    requestId: journaledId(request, plan.fate),
    command: plan.command,
    slot: plan.command === 'RESOLVE' ? (request.slot ?? null) : null,
    who: whoOf(request),
    why: `${plan.note}${request.reason ?? ''}`,
  }));
  const after = deps.facts();
  // A kernel that stopped in this very commit has made nothing durable.
  if (outcome === null || after === null || after.halted !== null)
    return stopped(after?.halted ?? 'it ended just now');
  if (!outcome.isAccepted)
    return {
      outcome: 'refused',
      message: `${outcome.code}${outcome.details === '' ? '' : `: ${outcome.details}`}`,
    };
  return plan.said(after.kernel);
}

function stopped(why: string): Said {
  return {
    outcome: 'refused',
    message: `the kernel takes nothing any more and sends nothing: ${why}; start the runner again once that is mended`,
  };
}

function repeated({ request_id, command }: KernelControlRequest, before: Fate | 'another'): Said {
  if (before === 'another')
    return {
      outcome: 'refused',
      message: `the id ${request_id} is that of a request with another command, reason or slot; ask with a new id`,
    };
  if (before === 'refused')
    return {
      outcome: 'refused',
      message: `this very ${command} was refused before; ask again with a new id`,
    };
  return {
    outcome: 'already',
    message: `this very ${command} was carried out before, and nothing was done now`,
  };
}

function planOf(request: KernelControlRequest, kernel: KernelState): Plan {
  const inForce = kernel.trading.command;
  if (request.command === 'resolve') return resolvePlan(request, kernel);
  const told = TOLD[request.command] ?? inForce;
  if (told === 'RUN') {
    const obstacles = [...reasonLines(kernel), ...doubtLines(kernel)];
    if (obstacles.length > 0) {
      const count = `${obstacles.length} ${obstacles.length === 1 ? 'reason' : 'reasons'}`;
      return refusedPlan(inForce, 'unfreeze', `${count} of the kernel itself: ${obstacles.join(' ')}`);
    }
  }
  if (told === inForce) return keptPlan(inForce, `${STATE_NAMES[inForce]} is in force already`, request);
  // Who may stop may not let anything pass by it, as an exit of a kernel that was halted.
  const isMilder = SEVERITY.indexOf(told) < SEVERITY.indexOf(inForce);
  if (isMilder && (request.command === 'freeze' || request.command === 'reduce-only'))
    return keptPlan(inForce, `${STATE_NAMES[inForce]} is in force, which is stricter, and it stays`, request);
  return { command: told, fate: 'carried', note: '', said: (after) => doneSaid(told, after) };
}

/** Milestones that take time are accepted, all others are done. */
function doneSaid(told: TradingCommand, after: KernelState): Said {
  const now = after.trading.command;
  if (told !== 'FLATTENING') return { outcome: 'done', message: STATE_MEANS[now] };
  if (now !== 'FLATTENING')
    return { outcome: 'done', message: `nothing is held or under way; from now on ${STATE_MEANS[now]}` };
  const held = after.slots.filter(({ trade }) => trade !== null && !trade.isClosed).length;
  return {
    outcome: 'accepted',
    message: `closing ${held} ${held === 1 ? 'position' : 'positions'} and what is under way, which takes time; then ${STATE_MEANS.REDUCE_ONLY}`,
  };
}

function keptPlan(inForce: TradingCommand, why: string, { command }: KernelControlRequest): Plan {
  const said: Said = { outcome: 'already', message: `${why}: ${STATE_MEANS[inForce]}` };
  const isSame = TOLD[command] === inForce;
  return { command: inForce, fate: 'kept', note: isSame ? '' : `${command}: `, said: () => said };
}

/** It is written down as the command that stays in force, so that the journal holds who tried what, and nothing changes. */
function refusedPlan(inForce: TradingCommand, what: string, message: string): Plan {
  const said: Said = { outcome: 'refused', message };
  return { command: inForce, fate: 'refused', note: `${what} was refused: `, said: () => said };
}

function resolvePlan({ slot: id }: KernelControlRequest, kernel: KernelState): Plan {
  if (id !== undefined) {
    const status = kernel.slots[id]?.status ?? null;
    const inForce = kernel.trading.command;
    if (status === null) return refusedPlan(inForce, 'resolve', `there is no slot ${id}`);
    if (status !== 'QUARANTINED')
      return refusedPlan(inForce, 'resolve', `slot ${id} is ${status} and waits for nobody to look at it`);
  }
  const looked =
    id === undefined
      ? 'the ledger and forgotten orders count as looked at'
      : `slot ${id} counts as looked at and goes on`;
  return {
    command: 'RESOLVE',
    fate: 'carried',
    note: '',
    said: (after) => {
      const left = reasonLines(after);
      const rest = left.length === 0 ? 'no reason of the kernel stands any more' : `still: ${left.join(' ')}`;
      return { outcome: 'done', message: `${looked}; ${rest}` };
    },
  };
}

/** For the journal: who a client says that it is, with the run of a workflow. */
function whoOf({ requested_by: { who, run_url } }: KernelControlRequest): string {
  return run_url === null ? who : `${who} (${run_url})`;
}

function respond(
  deps: ControlDeskDeps,
  request: KernelControlRequest,
  { outcome, message }: Said,
): KernelControlResponse {
  const facts = deps.facts();
  return {
    v: 1,
    request_id: request.request_id,
    outcome,
    message: sentence(message),
    kernel_state:
      facts === null ? null : facts.halted === null ? STATE_NAMES[effectiveState(facts.kernel)] : 'halted',
    summary: deps.summary(),
    explanation: null,
    monitor: facts === null || request.command !== 'status' ? null : monitorOf(facts, deps.memory),
  };
}
