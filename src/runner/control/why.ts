// Why entries are refused, or an order was denied: everything that stands in the way, since when, and what ends it, in sentences.

import { EXPLANATION_LINES_MAX } from '../../domain/kernel-control.ts';
import { isoFromMs } from '../../domain/time.ts';
import { nearest } from '../../domain/validate.ts';
import { isInDoubt } from '../../kernel/order-fsm.ts';
import { stageOf } from '../../kernel/stage.ts';
import type { KernelState } from '../../kernel/state.ts';
import { effectiveState, reasonsOf } from '../../kernel/trading.ts';
import type { RunnerFacts } from '../facts.ts';
import type { ControlMemory, Denial } from './control-memory.ts';
import { outcomeText } from './outcome-words.ts';
import { REASON_ENDS, STATE_MEANS } from './reason-words.ts';
import { sentence } from './sentence.ts';

/** Denials that the answer to a bare why shows, the newest. */
const DENIALS_SHOWN = 5;

/** Returns what stands between a policy and an entry, the most general first; never empty. */
export function whyFrozen(facts: RunnerFacts, memory: ControlMemory): readonly string[] {
  const { kernel, halted, isStopping } = facts;
  const state = effectiveState(kernel);
  const lines = [
    ...(halted === null ? [] : [`The kernel takes nothing any more: ${halted}.`]),
    ...(isStopping ? ['The runner is stopping.'] : []),
    `The kernel state is ${state}: ${STATE_MEANS[state]}.`,
    ...commandLines(kernel, memory),
    ...reasonLines(kernel),
    ...doubtLines(kernel),
    ...classLines(facts),
    ...partLines(facts),
    ...slotLines(kernel),
    ...policyLines(facts),
    ...denialLines(memory.denials.slice(-DENIALS_SHOWN)),
  ];
  return lines.slice(0, EXPLANATION_LINES_MAX).map((line) => sentence(line));
}

function commandLines({ trading }: KernelState, { command }: ControlMemory): readonly string[] {
  const told = trading.command;
  if (command !== null) {
    const { who, why, atMs } = command;
    const said = `${who} told it ${command.command} at ${isoFromMs(atMs)}: ${why}.`;
    if (told === command.command) return told === 'RUN' ? [said] : [`${said} ${TAKES_BACK}`];
    // Nobody commands it when all is flat: the kernel itself goes on to the milder of the two.
    if (command.command === 'FLATTENING' && told === 'REDUCE_ONLY')
      return [`${said} Everything has been flat since, so ${told} is in force. ${TAKES_BACK}`];
  }
  return told === 'RUN'
    ? ['No person has told it to stop anything.']
    : [`A person told it ${told}; by whom and why is in no record that is at hand here. ${TAKES_BACK}`];
}

const TAKES_BACK = 'warden kernel ctl unfreeze takes it back.';

/** Returns each reason of the kernel, since when, with its text and what ends it. */
export function reasonLines(kernel: KernelState): readonly string[] {
  return reasonsOf(kernel).flatMap((reason) => {
    const known = kernel.trading.reasons.get(reason);
    if (known === undefined) return [];
    return [`${reason} since ${isoFromMs(known.sinceMs)}: ${known.text}; it ${REASON_ENDS[reason]}.`];
  });
}

/** Returns each order of which nobody knows how it stands. */
export function doubtLines(kernel: KernelState): readonly string[] {
  return kernel.slots.flatMap(({ trade }) =>
    (trade?.orders ?? [])
      .filter(({ status }) => isInDoubt(status))
      .map(
        ({ clientOrderId, symbol, role, changedAtMs }) =>
          `The ${role} order ${clientOrderId} of ${symbol} is in doubt since ${isoFromMs(changedAtMs)}: ` +
          'it was sent, and the venue is asked until it says what became of it.',
      ),
  );
}

function classLines({ kernel, lists }: RunnerFacts): readonly string[] {
  const problem = lists.problem === null ? [] : [`The newest lists are not in force: ${lists.problem}.`];
  const { killList } = lists;
  const source =
    killList === null
      ? 'no kill list is in force'
      : `by the kill list ${killList.commit === null ? killList.sha256.slice(0, 12) : `of commit ${killList.commit.slice(0, 12)}`}, in force since ${isoFromMs(killList.appliedAtMs)}`;
  const blocked = [...kernel.trading.permissions.values()].flatMap(
    ({ strategyClass, isEnabled, sizePpm }) => {
      if (isEnabled && sizePpm > 0) return [];
      const known = lists.classes.get(strategyClass);
      const why = isEnabled ? 'the allocation gives it no share' : (known?.reason ?? 'it is disabled');
      const episode = known?.episode ?? null;
      return [
        `The class ${strategyClass} may not enter: ${why}${episode === null ? '' : ` (episode ${episode})`}; ${source}.`,
      ];
    },
  );
  return [...problem, ...blocked];
}

function partLines({ parts, sinks }: RunnerFacts): readonly string[] {
  const bad = [...parts, ...sinks].filter(({ state }) => state === 'stale' || state === 'down');
  return bad.map(({ name, state, why, lastAtMs }) => {
    const last = lastAtMs === null ? 'it never worked so far' : `it last worked at ${isoFromMs(lastAtMs)}`;
    return `${name} is ${state}${why === '' ? '' : `: ${why}`}; ${last}.`;
  });
}

function slotLines(kernel: KernelState): readonly string[] {
  return kernel.slots.flatMap((slot) => {
    const { trade, status, quarantine } = slot;
    if (trade === null || status === 'FREE') return [];
    const why = quarantine === '' ? '' : `, because ${quarantine}`;
    return [
      `Slot ${slot.id} is ${status} (${stageOf(slot)}) with the trade ${trade.tradeId} of ${trade.symbol}${why}.`,
    ];
  });
}

function policyLines({ policy, scan }: RunnerFacts): readonly string[] {
  const last = scan?.lastDecision ?? null;
  if (last === null) return [`The policy ${policy} has decided nothing yet.`];
  const { action, symbol, reason } = last;
  return [`The last word of the policy ${policy}: ${action}${symbol === '' ? '' : ` ${symbol}`}, ${reason}.`];
}

function denialLines(denials: readonly Denial[]): readonly string[] {
  return denials.map(({ seq, atMs, intentId, tradeId, what, code, details }) => {
    const id = intentId === null ? `the trade ${tradeId ?? 'unknown'}` : `the intent ${intentId}`;
    return `${isoFromMs(atMs)}, record ${seq}: ${what} of ${id} was denied, ${code}: ${outcomeText(code, details)}.`;
  });
}

/**
 * Returns how an intent, an order or a trade was denied, or that it was not, as far as the newest records tell.
 *
 * @param about whatever a person typed.
 */
export function whyDenied(facts: RunnerFacts, memory: ControlMemory, about: string): readonly string[] {
  const { kernel } = facts;
  const { entries, denials } = memory;
  const tradeId = tradeOf(kernel, memory, about);
  const own = denials.filter(
    (denial) => denial.intentId === about || (tradeId !== null && denial.tradeId === tradeId),
  );
  const life = `warden kernel explain ${about} tells its whole life from the journal.`;
  if (own.length > 0)
    return [...denialLines(own).slice(-EXPLANATION_LINES_MAX + 1), life].map((line) => sentence(line));
  if (tradeId !== null) {
    const slot = kernel.slots.find(({ trade }) => trade?.tradeId === tradeId);
    const where = slot === undefined ? 'it is over' : `slot ${slot.id} is ${slot.status} (${stageOf(slot)})`;
    return [`Nothing of ${about} was denied: it belongs to the trade ${tradeId}; ${where}.`, life].map(
      (line) => sentence(line),
    );
  }
  const ids = [
    ...denials.flatMap(({ intentId }) => intentId ?? []),
    ...entries.flatMap(({ intentId, tradeId: id }) => [intentId, id]),
    ...kernel.orders.keys(),
  ];
  const close = nearest(about, ids);
  const hint = close === null ? '' : ` The nearest is ${close}.`;
  return [`Nothing recent is called ${about}.${hint}`, life].map((line) => sentence(line));
}

function tradeOf(kernel: KernelState, { entries }: ControlMemory, about: string): string | null {
  const entry = entries.findLast(({ intentId, tradeId }) => intentId === about || tradeId === about);
  if (entry !== undefined) return entry.tradeId;
  for (const order of kernel.orders.values())
    if (order.clientOrderId === about || order.venueOrderId === about || order.tradeId === about)
      return order.tradeId;
  return null;
}
