// `warden kernel ctl`: one request to the kernel and its answer, or its status watched until Ctrl-C.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { KernelControlRequest } from '../domain/kernel-control.ts';
import { type Problem, problemText } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { KernelControl, KernelControlFailure } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { wholeOption } from './exchange-options.ts';
import { EXIT } from './exit-codes.ts';
import { type Outcome, type Refusal, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

interface KernelCliOptions {
  readonly reason?: string;
  readonly socket?: string;
  readonly requestId?: string;
  readonly slot?: number;
  readonly watch?: boolean;
}

const COMMANDS = `
Commands:
  status       how the kernel stands; changes nothing. With --watch until Ctrl-C: a table on a terminal, a line for each change elsewhere,
               and with --json an object for each change
  why [id]     why entries are frozen, and what ends it; with the id of an intent, an order or a trade, how that was denied
  freeze       no entries any more; exits go on
  reduce-only  only orders that make positions smaller
  flatten      close every position, then reduce-only
  unfreeze     everything passes again
  resolve      a person has looked at the ledger and at forgotten orders; with --slot at a quarantined slot
  halt         send nothing any more, exits included: a person has to act

All but status and why need --reason.

The socket is --socket, else the variable PINK_CONTROL_SOCKET, else /run/pink/control.sock where there is one, else state/pink/control.sock.`;

/** Adds the command to the group of the kernel. */
export function registerKernelCtl(group: Frame): void {
  group
    .command({
      usage: 'ctl [command] [id]',
      summary:
        'Ask the kernel for its status or why, or tell it to freeze, reduce-only, flatten, unfreeze, resolve or halt',
      example: "warden kernel ctl freeze --reason 'the feed repeats itself'",
      exitCodes: [EXIT.done, EXIT.defect, EXIT.usage, EXIT.kernelUnknown],
      writes: false,
      takesInputs: true,
      isStateless: true,
    })
    .option('--reason <text>', 'why, for the journal of the kernel')
    .option('--socket <path>', 'the control socket of the runner')
    .option(
      '--request-id <id>',
      'repeat the request of this id, which the kernel carries out at most once (default: a new one)',
    )
    .option('--slot <number>', 'with resolve: the slot that was looked at', wholeOption)
    .option('--watch', 'with status: show it until Ctrl-C')
    .addHelpText('after', COMMANDS)
    .action(group.run<KernelCliOptions>(ctlOutcome));
}

async function ctlOutcome(
  context: CommandContext,
  options: KernelCliOptions,
  args: readonly string[],
): Promise<Outcome> {
  const request = await requestFrom(context, options, args);
  if (!request.ok) return request.error;
  const { socketControl } = await import('../adapters/kernel-socket/socket-control.ts');
  const control = socketControl(await socketPath(context, options.socket));
  if (options.watch === true) return await watched(context, control, request.value);
  const answer = await control.ask(request.value);
  const { kernelAnswerMarkdown, kernelSilenceMarkdown } = await import('../supervision/kernel-markdown.ts');
  const { command } = request.value;
  if (!answer.ok) {
    const why = failureText(answer.error, request.value);
    await showOnGitHub(context, kernelSilenceMarkdown(command, answer.error.kind !== 'unreachable', why));
    return refusal(EXIT.kernelUnknown, why);
  }
  await showOnGitHub(context, kernelAnswerMarkdown(command, answer.value));
  const { kernelAnswerText } = await import('./kernel-text.ts');
  const exitCode = answer.value.outcome === 'refused' ? EXIT.usage : EXIT.done;
  const { v: _, ...json } = answer.value;
  return report(exitCode, kernelAnswerText(command, answer.value), { command, ...json });
}

/** A service of this machine goes before a runner that somebody started in this folder. */
async function socketPath({ host }: CommandContext, given: string | undefined): Promise<string> {
  const { CONTROL_SOCKET, LOCAL_CONTROL_SOCKET } = await import('../domain/kernel-control.ts');
  const { givenVariable } = await import('../adapters/github/given-variable.ts');
  const named = given ?? givenVariable(host.env, 'PINK_CONTROL_SOCKET');
  if (named !== null) return named;
  return existsSync(CONTROL_SOCKET) ? CONTROL_SOCKET : resolve(host.cwd, LOCAL_CONTROL_SOCKET);
}

async function watched(
  { host, json }: CommandContext,
  control: KernelControl,
  request: KernelControlRequest,
): Promise<Outcome> {
  const { watchKernel } = await import('./kernel-watch.ts');
  const { secretsOf } = await import('../adapters/terminal/log.ts');
  const { untilSignal } = await import('./until-signal.ts');
  let end: (why: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  try {
    const seen = await watchKernel({
      ask: async () => await control.ask({ ...request, request_id: host.randomHex(16) }),
      sleep: (ms) => host.sleep(ms),
      clock: host.clock,
      stopped: untilSignal(null, ended),
      out: host.stdout,
      secrets: secretsOf(host.env),
      form: json ? 'json' : host.stdout.isTTY === true ? 'screen' : 'lines',
    });
    const text = `the status was watched ${seen.asked} times, and changed ${seen.changes} times`;
    return report(EXIT.done, json ? '' : text, { command: 'status', ...seen });
  } finally {
    end('it ended by itself');
  }
}

async function requestFrom(
  { host }: CommandContext,
  { reason, requestId, slot, watch }: KernelCliOptions,
  args: readonly string[],
): Promise<Result<KernelControlRequest, Refusal>> {
  const { CONTROL_COMMANDS, controlRequestFrom } = await import('../domain/kernel-control.ts');
  const { isoFromMs } = await import('../domain/time.ts');
  const { nearest } = await import('../domain/validate.ts');
  const { requesterOf } = await import('../adapters/kernel-socket/requester.ts');
  const [word = 'status', about] = args;
  const command = CONTROL_COMMANDS.find((each) => each === word);
  if (command === undefined) {
    const close = nearest(word, CONTROL_COMMANDS);
    const hint = close === null ? `expected ${CONTROL_COMMANDS.join(', ')}` : `did you mean ${close}?`;
    return err(refusal(EXIT.usage, `kernel ctl ${word}: there is no such command; ${hint}`));
  }
  if (watch === true && command !== 'status')
    return err(refusal(EXIT.usage, `kernel ctl ${word} --watch: only status is watched; leave --watch out`));
  // Workflows hand on what was not filled in as an empty text.
  const text = (reason ?? '').trim();
  const request = controlRequestFrom({
    v: 1,
    request_id: requestId ?? host.randomHex(16),
    command,
    reason: text === '' ? null : text,
    ...(about === undefined ? {} : { about }),
    ...(slot === undefined ? {} : { slot }),
    requested_by: requesterOf(host.env),
    requested_at: isoFromMs(host.clock.nowMs()),
  });
  if (request.ok) return ok(request.value);
  return err(
    refusal(EXIT.usage, `kernel ctl ${command} was not asked: ${request.error.map(optionText).join('; ')}`),
  );
}

/** A person gave options, not fields. */
function optionText(problem: Problem): string {
  const { path, message } = problem;
  if (path === 'about') return `the id ${message}`;
  const isOption = path === 'reason' || path === 'request_id' || path === 'slot';
  return isOption ? `--${path.replace('_', '-')} ${message}` : problemText(problem);
}

/** What is not known is never called failed: the request may have taken effect. */
function failureText(
  { kind, message }: KernelControlFailure,
  { command, request_id }: KernelControlRequest,
): string {
  if (kind === 'unreachable') return `kernel ctl ${command} was not sent: ${message}`;
  if (command === 'status' || command === 'why')
    return `the kernel was asked, and how it stands is not known: ${message}`;
  return (
    `kernel ctl ${command} was sent, and whether it took effect is not known: ${message}; ask warden kernel ctl status, ` +
    `or repeat it with --request-id ${request_id}, which takes effect at most once`
  );
}

/** The page of the run, where it is a job of GitHub Actions. The kernel was asked by now, so a page that fails is a warning. */
async function showOnGitHub(context: CommandContext, markdown: string): Promise<void> {
  const { jobSummaryOf } = await import('../adapters/actions/job-summary.ts');
  const summary = jobSummaryOf(context.host.env);
  if (summary === null) return;
  try {
    await summary.write(markdown);
  } catch (error) {
    context.log.warn(`the page of this run was not written: ${String(error)}`);
  }
}
