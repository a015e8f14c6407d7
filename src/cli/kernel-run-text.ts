// What a runner says as it begins and as it ends.

import { tableText } from '../adapters/terminal/table.ts';
import type { KernelConfig } from '../kernel/config.ts';
import { positionOf } from '../kernel/exposure.ts';
import type { KernelState } from '../kernel/state.ts';
import { effectiveState, reasonsOf } from '../kernel/trading.ts';
import { quantityText } from '../runner/explain/event-words.ts';
import type { Runner } from '../runner/runner.ts';
import { durationText } from '../supervision/duration-text.ts';

/** Returns what a person needs to look at the runner and to stop it. */
export function startedText(runner: Runner): string {
  const { runnerId, environment, marginAsset, policy, kernel, lists } = runner.facts();
  const reasons = reasonsOf(kernel);
  const state = `${effectiveState(kernel)}${reasons.length === 0 ? '' : `: ${reasons.join(', ')}`}`;
  const rows: [string, string][] = [
    ['runner', runnerId],
    ['venue', `${environment}, ${[...kernel.instruments.keys()].join(', ')} in ${marginAsset}`],
    ['policy', policy],
    ['orders', routerText(kernel.config.router)],
    [
      'kill list',
      lists.killList === null ? `none: ${lists.problem ?? ''}` : lists.killList.sha256.slice(0, 12),
    ],
    ['journal', `record ${kernel.seq}, ${kernel.tradesClosed} trades closed`],
    ['kernel', state],
    ['status page', pageOf(runner) ?? 'none'],
    ['control', `warden kernel ctl status --socket ${runner.socketPath}`],
  ];
  return tableText({ rows });
}

/** How orders go out, since nobody can tell by an order that rests how long it was meant to. */
function routerText(router: KernelConfig['router']): string {
  const { style, entryTtlMs, exitTtlMs, entryMiss, entryRetries, retryExhaust } = router;
  if (style === 'taker') return 'taker';
  const retries = `${entryRetries} more quotes, then ${retryExhaust}`;
  const miss = entryMiss === 'retry' ? retries : entryMiss;
  const entries = `entries for ${durationText(entryTtlMs)}, then ${miss}`;
  return `maker, post-only; ${entries}; exits for ${durationText(exitTtlMs)}, then market`;
}

/** The same for programs. */
export function startedJson(runner: Runner): Readonly<Record<string, unknown>> {
  const { runnerId, environment, policy, kernel } = runner.facts();
  return {
    runner_id: runnerId,
    environment,
    policy,
    sequence: kernel.seq,
    status_page: pageOf(runner),
    control_socket: runner.socketPath,
  };
}

function pageOf({ statusPort }: Runner): string | null {
  return statusPort === null ? null : `http://127.0.0.1:${statusPort}/`;
}

/**
 * Returns how a run ended.
 *
 * @param left what it wanted done and was not, in words.
 * @param held from {@link heldTexts}: not to be forgotten, since nobody looks for an exit of it now.
 */
export function stoppedText(why: string, left: readonly string[], held: readonly string[]): string {
  const ended = `the runner has stopped (${why})${held.length === 0 ? '' : `, and holds ${held.join(', ')} until it runs again`}`;
  return left.length === 0 ? ended : `${ended}, and left:\n${left.map((one) => `  ${one}`).join('\n')}`;
}

/** Returns what the slots hold, as `SHORT 0.05 BTC-USDT`. */
export function heldTexts(kernel: KernelState): readonly string[] {
  return kernel.slots.flatMap(({ trade }) => {
    const lots = trade === null ? 0 : Math.abs(positionOf(trade));
    return trade === null || lots === 0
      ? []
      : [`${trade.side} ${quantityText(kernel, trade.symbol, lots)} ${trade.symbol}`];
  });
}
