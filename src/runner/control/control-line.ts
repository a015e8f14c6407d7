// One line of the control socket, or one body over HTTP: read as a request, answered by the desk, and written within its limit.

import { fieldOf } from '../../domain/field-of.ts';
import {
  controlRequestFrom,
  type KernelControlResponse,
  REQUEST_ID_PATTERN,
  RESPONSE_BYTES_MAX,
} from '../../domain/kernel-control.ts';
import { problemText } from '../../domain/problem.ts';
import type { ControlDesk } from './control-desk.ts';
import { sentence } from './sentence.ts';

const REQUEST_ID = new RegExp(REQUEST_ID_PATTERN);

/**
 * Returns the answer to what came, or `null` where that is no request and not even its id can be read, so that nobody can be answered.
 *
 * @param bytes the line without its end.
 */
export function answerTo(desk: ControlDesk, bytes: Buffer): KernelControlResponse | null {
  const value = jsonOf(bytes);
  const request = controlRequestFrom(value);
  if (request.ok) return desk.answer(request.value);
  const id = fieldOf(value, 'request_id');
  if (typeof id !== 'string' || !REQUEST_ID.test(id)) return null;
  const problems = request.error.map(problemText).join('; ');
  return refused(id, `this is no request, and nothing was done: ${problems}`);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

function refused(id: string, message: string): KernelControlResponse {
  return {
    v: 1,
    request_id: id,
    outcome: 'refused',
    message: sentence(message),
    kernel_state: null,
    summary: null,
    explanation: null,
    monitor: null,
  };
}

/** Returns an answer as one line with its end. One that would be too long says less, and never that nothing was done. */
export function lineOf(response: KernelControlResponse): string {
  const line = `${JSON.stringify(response)}\n`;
  if (Buffer.byteLength(line) <= RESPONSE_BYTES_MAX) return line;
  const message = sentence(`${response.message} (the rest is longer than an answer may be)`);
  return `${JSON.stringify({ ...response, message, summary: null, explanation: null, monitor: null })}\n`;
}
