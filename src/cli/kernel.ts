// `warden kernel ctl`: asks the kernel how it is, or tells it to stop, to close, or to go on.

import type { KernelControlRequest } from '../domain/kernel-control.ts';
import { type Problem, problemText } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { KernelControlFailure } from '../ports.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { registerKernelReplay } from './kernel-replay.ts';
import { registerKernelVenue } from './kernel-venue.ts';
import { type Outcome, type Refusal, refusal, report } from './outcome.ts';
import type { Frame } from './program.ts';

interface KernelCliOptions {
  readonly reason?: string;
  readonly socket?: string;
  readonly requestId?: string;
}

const COMMANDS = `
Commands:
  status       how the kernel stands; changes nothing
  freeze       no entries any more; exits go on
  reduce-only  only orders that make positions smaller
  flatten      close every position, then reduce-only
  unfreeze     everything passes again
  halt         send nothing any more, exits included: a person has to act

All but status need --reason.

Environment:
  PINK_CONTROL_SOCKET: the socket, unless --socket names it (default: /run/pink/control.sock)`;

/** Adds the commands to the frame. */
export function registerKernel(frame: Frame): void {
  const group = frame.group(
    'kernel',
    'Talk to the kernel, PINK, where its runner runs, apply its journal again, or ask its venue',
  );
  group
    .command({
      usage: 'ctl [command]',
      summary: 'Ask the kernel for its status, or tell it to freeze, reduce-only, flatten, unfreeze or halt',
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
    .addHelpText('after', COMMANDS)
    .action(group.run<KernelCliOptions>(ctlOutcome));
  registerKernelReplay(group);
  registerKernelVenue(group);
}

async function ctlOutcome(
  context: CommandContext,
  options: KernelCliOptions,
  args: readonly string[],
): Promise<Outcome> {
  const request = await requestFrom(context, options, args);
  if (!request.ok) return request.error;
  const { CONTROL_SOCKET } = await import('../domain/kernel-control.ts');
  const { socketControl } = await import('../adapters/kernel-socket/socket-control.ts');
  const { givenVariable } = await import('../adapters/github/given-variable.ts');
  const path = options.socket ?? givenVariable(context.host.env, 'PINK_CONTROL_SOCKET') ?? CONTROL_SOCKET;
  const answer = await socketControl(path).ask(request.value);
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

async function requestFrom(
  { host }: CommandContext,
  { reason, requestId }: KernelCliOptions,
  args: readonly string[],
): Promise<Result<KernelControlRequest, Refusal>> {
  const { CONTROL_COMMANDS, controlRequestFrom } = await import('../domain/kernel-control.ts');
  const { isoFromMs } = await import('../domain/time.ts');
  const { nearest } = await import('../domain/validate.ts');
  const { requesterOf } = await import('../adapters/kernel-socket/requester.ts');
  const [word = 'status'] = args;
  const command = CONTROL_COMMANDS.find((each) => each === word);
  if (command === undefined) {
    const close = nearest(word, CONTROL_COMMANDS);
    const hint = close === null ? `expected ${CONTROL_COMMANDS.join(', ')}` : `did you mean ${close}?`;
    return err(refusal(EXIT.usage, `kernel ctl ${word}: there is no such command; ${hint}`));
  }
  // Workflows hand on what was not filled in as an empty text.
  const text = (reason ?? '').trim();
  const request = controlRequestFrom({
    v: 1,
    request_id: requestId ?? host.randomHex(16),
    command,
    reason: text === '' ? null : text,
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
  const isOption = path === 'reason' || path === 'request_id';
  return isOption ? `--${path.replace('_', '-')} ${message}` : problemText(problem);
}

/** What is not known is never called failed: the request may have taken effect. */
function failureText(
  { kind, message }: KernelControlFailure,
  { command, request_id }: KernelControlRequest,
): string {
  if (kind === 'unreachable') return `kernel ctl ${command} was not sent: ${message}`;
  if (command === 'status') return `the kernel was asked, and how it stands is not known: ${message}`;
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
