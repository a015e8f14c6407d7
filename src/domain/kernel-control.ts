// The words between a person and the kernel: one request and one answer over the control socket, which client and runner both check.

import Type, { type Static } from 'typebox';
import { instant, name, oneOf, orNull, REASON_CHARS_MAX, version } from './fields.ts';
import { KernelMonitor } from './kernel-monitor.ts';
import { KernelSummary } from './kernel-records.ts';
import { type Problem, problemText } from './problem.ts';
import { err, type Result } from './result.ts';
import { closed } from './supervisor-fields.ts';
import { validate } from './validate.ts';

/** Longer lines are refused unread, newline included. */
export const REQUEST_BYTES_MAX = 64 * 1024;
export const RESPONSE_BYTES_MAX = 1024 * 1024;

/** Where the runner listens, unless PINK_CONTROL_SOCKET names another place. */
export const CONTROL_SOCKET = '/run/pink/control.sock';

/** Where a runner listens that keeps its data where nobody said otherwise, below the folder that it was started in. */
export const LOCAL_CONTROL_SOCKET = 'state/pink/control.sock';

/**
 * status and why change nothing. freeze: no entries. reduce-only: only what makes positions smaller. flatten: closes every position, then
 * stays reduce-only. unfreeze: everything passes again, where the kernel itself has no reason against it. resolve: a person has looked at
 * what only a person can end. halt: nothing is sent, exits included.
 */
export const CONTROL_COMMANDS = [
  'status',
  'why',
  'freeze',
  'reduce-only',
  'flatten',
  'unfreeze',
  'resolve',
  'halt',
] as const;
export type ControlCommand = (typeof CONTROL_COMMANDS)[number];

/** What the kernel is in more exactly than the trading state of its summary: run is active, halted is halted, the others are reducing. */
const KERNEL_STATES = ['run', 'entry_frozen', 'reduce_only', 'flattening', 'halted'] as const;

/**
 * done: it is in force. already: it was, or this very request was carried out before. accepted: it was begun and goes on by itself.
 * refused: nothing was changed, and the message says by which rule.
 */
const CONTROL_OUTCOMES = ['done', 'already', 'accepted', 'refused'] as const;

/** A longer message, or line of an explanation, is cut and ends in an ellipsis. */
export const MESSAGE_CHARS_MAX = 2000;
/** More lines than these are left out of an explanation. */
export const EXPLANATION_LINES_MAX = 200;

export const REQUEST_ID_PATTERN = '^[A-Za-z0-9._-]{1,64}$';

const words = { pattern: '^[^\\u0000-\\u001f\\u007f]*$', minLength: 1 } as const;

/** The one line that a client writes. */
export const KernelControlRequest = Type.Object(
  {
    v: version,
    request_id: Type.String({
      pattern: REQUEST_ID_PATTERN,
      description:
        'chosen by the client; a request with an id that was carried out before is the same request',
    }),
    command: oneOf(CONTROL_COMMANDS),
    reason: orNull(
      Type.String({
        ...words,
        maxLength: REASON_CHARS_MAX,
        description: 'why, for the journal of the kernel; null only for status and why',
      }),
    ),
    about: Type.Optional(
      Type.String({
        ...words,
        maxLength: 200,
        description: 'with why: the id of an intent, an order or a trade',
      }),
    ),
    slot: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'with resolve: the slot that was looked at; left out: the ledger and forgotten orders',
      }),
    ),
    requested_by: Type.Object(
      {
        who: Type.String({ ...name, description: 'login at GitHub, or user of the machine' }),
        run_url: orNull(
          Type.String({
            pattern: '^https?://[^\\s\\u0000-\\u001f\\u007f]+$',
            maxLength: 2048,
            description: 'the run of a workflow that asks; null: a person on the machine',
          }),
        ),
      },
      { ...closed, description: 'what the client says of itself: for the journal, never for permission' },
    ),
    requested_at: Type.String({ ...instant, description: 'by the clock of the client' }),
  },
  { ...closed, title: 'Kernel control request' },
);
export type KernelControlRequest = Static<typeof KernelControlRequest>;

/** The one line that the runner answers with. */
export const KernelControlResponse = Type.Object(
  {
    v: version,
    request_id: Type.String({ pattern: REQUEST_ID_PATTERN, description: 'that of the request' }),
    outcome: oneOf(CONTROL_OUTCOMES),
    message: Type.String({
      ...words,
      maxLength: MESSAGE_CHARS_MAX,
      description: 'what was done, or by which rule not',
    }),
    kernel_state: orNull(oneOf(KERNEL_STATES, 'after the request; null: the kernel cannot say')),
    summary: orNull(KernelSummary),
    explanation: orNull(
      Type.Array(Type.String({ ...words, maxLength: MESSAGE_CHARS_MAX }), {
        maxItems: EXPLANATION_LINES_MAX,
        description: 'the answer to why, a sentence each; null for every other command',
      }),
    ),
    monitor: orNull(KernelMonitor),
  },
  { ...closed, title: 'Kernel control response' },
);
export type KernelControlResponse = Static<typeof KernelControlResponse>;

/** Whether a command changes what the kernel does, and so needs a reason. */
export function acts(command: ControlCommand): boolean {
  return command !== 'status' && command !== 'why';
}

/** Returns the request that `value` is, or every problem of it; the runner answers those with `refused` where it can read the id. */
export function controlRequestFrom(value: unknown): Result<KernelControlRequest, readonly Problem[]> {
  const request = validate(KernelControlRequest, value);
  if (!request.ok) return request;
  const { command, reason, about, slot } = request.value;
  const problems: Problem[] = [];
  if (acts(command) && (reason ?? '').trim() === '')
    problems.push({ path: 'reason', message: `is missing; ${command} needs one` });
  if (about !== undefined && command !== 'why')
    problems.push({ path: 'about', message: `is of no use to ${command}; only why takes an id` });
  if (slot !== undefined && command !== 'resolve')
    problems.push({ path: 'slot', message: `is of no use to ${command}; only resolve takes a slot` });
  return problems.length === 0 ? request : err(problems);
}

/** Returns the answer to `request` that `value` is, or why it is none, in one sentence. */
export function controlResponseFrom(
  value: unknown,
  request: KernelControlRequest,
): Result<KernelControlResponse, string> {
  const response = validate(KernelControlResponse, value);
  if (!response.ok) return err(response.error.map(problemText).join('; '));
  if (response.value.request_id === request.request_id) return response;
  return err(`it answers the request ${response.value.request_id}, not ${request.request_id}`);
}
