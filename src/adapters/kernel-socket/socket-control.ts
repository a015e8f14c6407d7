// The kernel's control socket: one connection, one line with the request, one line with the answer. What broke after the request was
// sent is not known, and never called failed.

import { connect, type Socket } from 'node:net';
import {
  controlRequestFrom,
  controlResponseFrom,
  type KernelControlRequest,
  type KernelControlResponse,
  REQUEST_BYTES_MAX,
  RESPONSE_BYTES_MAX,
} from '../../domain/kernel-control.ts';
import { problemText } from '../../domain/problem.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { KernelControl, KernelControlFailure } from '../../ports.ts';

const CONNECT_MS_MAX = 5_000;
const ANSWER_MS_MAX = 30_000;

/** Linux keeps an address of a Unix socket in 108 bytes, the last of them zero. */
const SOCKET_PATH_BYTES_MAX = 107;

const NEWLINE = 0x0a;

/** How long each step may take: a signal that begins to count when it is asked for. */
export interface ControlDeadlines {
  connect(): AbortSignal;
  answer(): AbortSignal;
}

const DEADLINES: ControlDeadlines = {
  connect: () => AbortSignal.timeout(CONNECT_MS_MAX),
  answer: () => AbortSignal.timeout(ANSWER_MS_MAX),
};

/** Returns the kernel behind the Unix domain socket at `path`. */
export function socketControl(path: string, deadlines: ControlDeadlines = DEADLINES): KernelControl {
  return {
    async ask(request) {
      const line = lineOf(request);
      if (!line.ok) return failure('unreachable', line.error);
      const connected = await connectTo(path, deadlines.connect());
      if (!connected.ok) return failure('unreachable', connected.error);
      try {
        const answer = await answerOn(connected.value, line.value, deadlines.answer());
        return answer.ok ? responseFrom(answer.value, request) : failure('unknown', answer.error);
      } finally {
        connected.value.destroy();
      }
    },
  };
}

function failure(
  kind: KernelControlFailure['kind'],
  message: string,
): Result<KernelControlResponse, KernelControlFailure> {
  return err({ kind, message });
}

/** What the runner would refuse is not sent. */
function lineOf(request: KernelControlRequest): Result<string, string> {
  const checked = controlRequestFrom(request);
  if (!checked.ok) return err(`the request is none: ${checked.error.map(problemText).join('; ')}`);
  const line = `${JSON.stringify(checked.value)}\n`;
  const bytes = Buffer.byteLength(line);
  if (bytes <= REQUEST_BYTES_MAX) return ok(line);
  return err(`the request has ${bytes} bytes; at most ${REQUEST_BYTES_MAX} are allowed`);
}

async function connectTo(path: string, deadline: AbortSignal): Promise<Result<Socket, string>> {
  if (Buffer.byteLength(path) > SOCKET_PATH_BYTES_MAX)
    return err(
      `the path of the socket has ${Buffer.byteLength(path)} bytes and a socket's may have ${SOCKET_PATH_BYTES_MAX}; name a shorter one`,
    );
  return await new Promise((resolve) => {
    const socket = connect({ path });
    const end = (result: Result<Socket, string>): void => {
      deadline.removeEventListener('abort', tooLate);
      if (!result.ok) socket.destroy();
      resolve(result);
    };
    const tooLate = (): void =>
      end(err(`the runner did not take the connection to ${path} in time; is it busy?`));
    deadline.addEventListener('abort', tooLate, { once: true });
    socket.once('connect', () => end(ok(socket)));
    // It stays, so that an error between two reads is no uncaught one; the reader hears of it too.
    socket.on('error', (error) => end(err(connectFaultText(path, error))));
    if (deadline.aborted) tooLate();
  });
}

/** What operating systems answer to a connection that does not come about; each with the next step. */
const CONNECT_FAULTS: Readonly<Record<string, string>> = {
  ENOENT:
    'there is no such socket; is the service of the runner running on this machine, and is that its path?',
  ECONNREFUSED: 'nobody listens there; is the service of the runner running?',
  ENOTSOCK: 'that is no socket; name the one of the runner',
  EACCES: 'this user may not use it; is the user in the group that owns the socket?',
  EPERM: 'this user may not use it; is the user in the group that owns the socket?',
  EAGAIN: 'the runner takes no more connections at the moment; try again',
};

function connectFaultText(path: string, error: Error): string {
  const known = 'code' in error ? CONNECT_FAULTS[String(error.code)] : undefined;
  return `${path}: ${known ?? error.message}`;
}

/** Sends the line and returns the first line of the answer; what comes behind it is not read. */
async function answerOn(
  socket: Socket,
  line: string,
  deadline: AbortSignal,
): Promise<Result<Buffer, string>> {
  const tooLate = (): void => void socket.destroy(new Error('there was no whole answer in time'));
  deadline.addEventListener('abort', tooLate, { once: true });
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    if (deadline.aborted) tooLate();
    socket.write(line);
    for await (const chunk of socket) {
      const part: Buffer = chunk;
      const end = part.indexOf(NEWLINE);
      parts.push(end === -1 ? part : part.subarray(0, end));
      bytes += end === -1 ? part.length : end + 1;
      if (bytes > RESPONSE_BYTES_MAX) return err(`the answer has more than ${RESPONSE_BYTES_MAX} bytes`);
      if (end !== -1) return ok(Buffer.concat(parts));
    }
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  } finally {
    deadline.removeEventListener('abort', tooLate);
  }
  return err(
    bytes === 0 ? 'the connection ended without an answer' : 'the connection ended within the answer',
  );
}

function responseFrom(
  line: Buffer,
  request: KernelControlRequest,
): Result<KernelControlResponse, KernelControlFailure> {
  const value = jsonOf(line);
  if (!value.ok) return failure('unknown', `the answer is no JSON in UTF-8: ${value.error}`);
  const response = controlResponseFrom(value.value, request);
  if (response.ok) return response;
  return failure('unknown', `the answer is none of this version of Warden: ${response.error}`);
}

function jsonOf(line: Buffer): Result<unknown, string> {
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return err(error.message);
    throw error;
  }
}
