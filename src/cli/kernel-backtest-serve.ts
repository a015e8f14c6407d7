// Shows a backtest that is over on the status page, until somebody ends it.

import { systemTimers } from '../adapters/system-timers.ts';
import { policyTag } from '../policy/own-policy.ts';
import { NO_LISTS, type RunnerFacts } from '../runner/facts.ts';
import { startStatusServer } from '../runner/status/status-server.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { CandleRun } from './kernel-backtest-run.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import { untilSignal } from './until-signal.ts';

export async function serveRun(context: CommandContext, run: CandleRun, port: number): Promise<Outcome> {
  const { history, metrics } = run;
  const facts = factsOf(run, context.codeVersion);
  const started = await startStatusServer({
    port,
    facts: () => facts,
    history,
    metrics: async () => ({ type: metrics.contentType, text: await metrics.text(facts) }),
    timers: systemTimers(),
    log: context.log,
  });
  if (!started.ok) return refusal(EXIT.usage, `kernel backtest: --serve ${port}: ${started.error}`);
  context.log.info(`the run is shown at http://127.0.0.1:${started.value.port}/ until Ctrl-C`);
  await untilSignal(null);
  await started.value.close();
  return report(EXIT.done, 'the page is closed', { served: true });
}

/** As the kernel stood at its end: time has stood still since. */
function factsOf({ pink, policy, result }: CandleRun, version: string): RunnerFacts {
  const { state } = result;
  return {
    nowMs: state.nowMs,
    startedAtMs: state.nowMs,
    runnerId: 'backtest',
    version,
    environment: 'paper',
    marginAsset: pink.venue.margin_asset ?? 'USDT',
    policy: policyTag(policy),
    kernel: state,
    halted: null,
    parts: [result.trader.feedDesk.health()],
    sinks: [],
    lists: NO_LISTS,
    scan: result.trader.policyDesk.scan,
    isStopping: false,
  };
}
