// `warden kernel run`: the runner, which hosts the kernel until it is told to stop.

import type { ServiceManager } from '../adapters/service-manager.ts';
import type { Runner, RunnerDeps } from '../runner/runner.ts';
import type { CommandContext } from './context.ts';
import { durationOption } from './exchange-options.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { KernelRunOptions } from './kernel-options.ts';
import { type Outcome, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';
import { untilSignal } from './until-signal.ts';

const EXPLANATION = `
Trades as config/pink.yaml says, until Ctrl-C or SIGTERM; then it does what runner.on_stop says, and a second signal ends it at
once. With --dry-run it checks the settings, the policy and the venue, and begins nothing.

Environment:
  BINGX_API_KEY, BINGX_API_SECRET: the key of the account, for demo and live
  PINK_LIVE: must be 1 for live, where real money trades
  BINGX_REST_URL, BINGX_STREAM_URL: another venue than BingX's hosts, as warden exchange serves one on this machine
  PINK_CONTROL_SOCKET: the control socket, unless --socket names it
  PINK_CONTROL_TOKEN: lets commands in over HTTP, beside the status page, where it has at least 32 characters

With --json there are two objects: how it began, as soon as it has, and how it ended.`;

/** Adds the command to the group of the kernel. */
export function registerKernelRun(group: Frame): void {
  const command = group.command({
    usage: 'run',
    summary: 'Run PINK: the feed, the policy, the kernel and the venue of pink.yaml, until it is stopped',
    example: 'warden kernel run --config config --data state/pink',
    exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.stateRefused, EXIT.kernelUnknown, EXIT.venueUnknown],
    writes: true,
  });
  // It trades by the clock; the common option is refused below, and needs no place in the help.
  for (const option of command.options) if (option.long === '--now') option.hideHelp();
  command
    .option('--data <dir>', "the runner's own folder: journal, rows, and what it remembers", 'state/pink')
    .option(
      '--socket <path>',
      'the control socket (default: /run/pink/control.sock, else in the data folder)',
    )
    .option('--for <duration>', 'stop after so long, as 90s or 2h (default: at Ctrl-C)', durationOption)
    .addHelpText('after', EXPLANATION)
    .action(group.run<KernelRunOptions>(runOutcome));
}

async function runOutcome(context: CommandContext, options: KernelRunOptions): Promise<Outcome> {
  if (options.now !== undefined)
    return refusal(
      EXIT.usage,
      'kernel run: it trades by the clock; leave out --now, and run the past with warden kernel backtest',
    );
  // Timers keep no process alive, and there may be nothing else to do while a venue answers.
  const alive = setInterval(() => undefined, 1_000);
  try {
    return await runOrCheck(context, options);
  } finally {
    clearInterval(alive);
  }
}

async function runOrCheck(context: CommandContext, options: KernelRunOptions): Promise<Outcome> {
  const { prepareRun } = await import('./kernel-run-start.ts');
  const prepared = await prepareRun(context, options);
  if (!prepared.ok) return prepared.error;
  const { deps, halt } = prepared.value;
  if (context.dryRun) return await checked(deps);
  const { asOnlyKernel } = await import('../adapters/journal/run-lock.ts');
  const { join } = await import('node:path');
  const ran = await asOnlyKernel(join(deps.dataDir, 'journal'), () => run(context, options, deps, halt));
  return ran.ok ? ran.value : refusal(EXIT.stateRefused, `kernel run: ${ran.error.message}`);
}

/** Opens the venue, and nothing else, so that whatever would keep a run from beginning is found. */
async function checked({ pink, policy, env, timers, random }: RunnerDeps): Promise<Outcome> {
  const { openVenue } = await import('../adapters/venues/open-venue.ts');
  const opened = await openVenue({ settings: pink.venue, env, timers, random, paperFile: null });
  if (!opened.ok)
    return refusal(REFUSED[opened.error.kind], `kernel run would not begin: ${opened.error.message}`);
  await opened.value.venue.close();
  const { policyTag } = await import('../policy/own-policy.ts');
  const facts = { environment: pink.venue.environment, feed: pink.feed.kind, policy: policyTag(policy) };
  const text = `kernel run would begin: ${facts.environment}, feed ${facts.feed}, policy ${facts.policy}`;
  return report(EXIT.done, text, facts);
}

const REFUSED: Readonly<Record<'settings' | 'venue' | 'journal', ExitCode>> = {
  settings: EXIT.usage,
  venue: EXIT.venueUnknown,
  journal: EXIT.stateRefused,
};

async function run(
  context: CommandContext,
  options: KernelRunOptions,
  deps: RunnerDeps,
  halt: Promise<string>,
): Promise<Outcome> {
  const { startRunner } = await import('../runner/runner.ts');
  const { heldTexts, startedJson, startedText, stoppedText } = await import('./kernel-run-text.ts');
  let giveUp: (why: string) => void = () => undefined;
  const refused = new Promise<string>((resolve) => {
    giveUp = resolve;
  });
  // A signal that comes while it begins is heard, and carried out when it has.
  const ending = untilSignal(options.for ?? null, Promise.race([halt, refused]));
  const started = await startRunner(deps).catch((error: unknown) => {
    giveUp('it did not begin');
    throw error;
  });
  if (!started.ok) {
    giveUp('it did not begin');
    return refusal(REFUSED[started.error.kind], `kernel run: ${started.error.message}`);
  }
  const runner = started.value;
  const { stdout } = context.host;
  stdout.write(context.json ? `${JSON.stringify(startedJson(runner))}\n` : `${startedText(runner)}\n`);
  const service = await serviceOf(runner, deps);
  const why = await ending;
  deps.log.info(`stopping: ${why}`);
  service.stopping(why);
  const left = await runner.stop();
  await service.close();
  const { halted, kernel } = runner.facts();
  if (halted !== null) return refusal(EXIT.kernelUnknown, `the kernel halted: ${halted}`);
  const held = heldTexts(kernel);
  return report(EXIT.done, stoppedText(why, left, held), { why, left, held, halted });
}

async function serviceOf(runner: Runner, { env, timers, log, pink }: RunnerDeps): Promise<ServiceManager> {
  const { serviceManager } = await import('../adapters/service-manager.ts');
  const service = serviceManager({ env, pid: process.pid, timers, log, whyDead: () => runner.whyDead() });
  service.ready(`trades ${pink.venue.symbols.join(', ')}, ${pink.venue.environment}`);
  return service;
}
