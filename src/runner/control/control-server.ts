// The control socket of a runner: a Unix domain socket whose file decides who may ask; one connection, one line in, one line out.

import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { causeText, stackText } from '../../domain/causes.ts';
import { REQUEST_BYTES_MAX } from '../../domain/kernel-control.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Log, Timers } from '../../ports.ts';
import type { ControlDesk } from './control-desk.ts';
import { answerTo, lineOf } from './control-line.ts';

/** Linux keeps an address of a Unix socket in 108 bytes, the last of them zero. */
const SOCKET_PATH_BYTES_MAX = 107;

/** The service's user and the group of those who may ask. */
const SOCKET_MODE = 0o660;
const FOLDER_MODE = 0o750;
const UMASK = 0o777 & ~SOCKET_MODE;
const WRITABLE_BY_OTHERS = 0o002;
const STICKY = 0o1000;

/** A whole request has to be there so soon after its connection, and a whole answer be taken so soon after that. */
const REQUEST_MS_MAX = 5_000;
const ANSWER_MS_MAX = 10_000;
/** How long a socket file may take to show whether somebody listens behind it. */
const PROBE_MS_MAX = 2_000;
const CONNECTIONS_MAX = 32;
const NEWLINE = 0x0a;

interface ControlServerDeps {
  readonly path: string;
  readonly desk: ControlDesk;
  readonly timers: Timers;
  readonly log: Log;
}

export interface ControlServer {
  readonly path: string;
  /** Takes no connection any more, ends those that are open, and removes the file. */
  close(): Promise<void>;
}

/**
 * Listens at `path`. A file that a dead process left there is replaced, one behind which somebody listens is not.
 *
 * @returns why it cannot listen, with the next step.
 */
export async function startControlServer(deps: ControlServerDeps): Promise<Result<ControlServer, string>> {
  const { path } = deps;
  const bytes = Buffer.byteLength(path);
  if (bytes > SOCKET_PATH_BYTES_MAX)
    return err(
      `the path of the control socket has ${bytes} bytes, and a socket's may have ${SOCKET_PATH_BYTES_MAX}: ${path}; name a shorter one`,
    );
  const place = folderProblem(path) ?? (await placeProblem(path, deps.timers));
  if (place !== null) return err(place);
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, deps);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const failure = await listening(server, path);
  if (failure !== null) return err(`${path}: ${failure}`);
  return ok({
    path,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroySoon();
      await Promise.race([closed, after(deps.timers, ANSWER_MS_MAX)]);
      for (const socket of open) socket.destroy();
      await closed;
    },
  });
}

async function after(timers: Timers, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    timers.after(ms, resolve);
  });
}

/** Whoever may write in the folder could put a socket of their own in the place of this one. */
function folderProblem(path: string): string | null {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
    const stats = statSync(folder);
    const isOpen = (stats.mode & WRITABLE_BY_OTHERS) !== 0 && (stats.mode & STICKY) === 0;
    return isOpen
      ? `${folder}: everybody may write in the folder of the control socket; take that away with chmod o-w, or name another place`
      : null;
  } catch (error) {
    return `${folder}: the folder of the control socket cannot be used: ${causeText(error)}; make it, or name another place`;
  }
}

/** Returns why nobody may listen at `path` now; a file that nobody listens behind is removed. */
async function placeProblem(path: string, timers: Timers): Promise<string | null> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  if (!stats.isSocket())
    return `${path}: there is another file in the place of the control socket; move it away, or name another place`;
  const found = await probe(path, timers);
  if (found === 'free') {
    rmSync(path, { force: true });
    return null;
  }
  return found === 'taken'
    ? `${path}: another runner listens there; end it, or name another place`
    : `${path}: it cannot be seen whether another runner listens there: ${found}`;
}

async function probe(path: string, timers: Timers): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect({ path });
    const end = (found: string): void => {
      callOff();
      socket.destroy();
      resolve(found);
    };
    // A process that is too busy to take a connection lives all the same.
    const callOff = timers.after(PROBE_MS_MAX, () => end('taken'));
    socket.once('connect', () => end('taken'));
    socket.once('error', (error) => {
      const code = 'code' in error ? error.code : '';
      if (code === 'ECONNREFUSED' || code === 'ENOENT') end('free');
      else if (code === 'EAGAIN') end('taken');
      else end(error.message);
    });
  });
}

/** The file never has another mode than its own, not even for a moment: the call binds before it returns. */
async function listening(server: Server, path: string): Promise<string | null> {
  return await new Promise((resolve) => {
    server.once('error', (error) => resolve(error.message));
    // Only the main thread of a process has a mask to set.
    const umask = isMainThread ? process.umask(UMASK) : null;
    try {
      server.listen(path, () => {
        try {
          chmodSync(path, SOCKET_MODE);
          resolve(null);
        } catch (error) {
          server.close();
          resolve(causeText(error));
        }
      });
    } finally {
      if (umask !== null) process.umask(umask);
    }
  });
}

/** Reads one line, answers it and ends. What is no request, too long or too slow is not answered, and nothing was done. */
function serve(socket: Socket, { desk, timers, log }: ControlServerDeps): void {
  let parts: Buffer[] = [];
  let bytes = 0;
  const end = (why: string): void => {
    if (why !== '') log.warn(`control socket: a connection was closed: ${why}`);
    socket.destroy();
  };
  let callOff = timers.after(REQUEST_MS_MAX, () => end('there was no whole request in time'));
  socket.once('close', () => callOff());
  // A client that goes away while it is answered is nobody's fault.
  socket.on('error', () => socket.destroy());
  const take = (chunk: Buffer) => {
    const at = chunk.indexOf(NEWLINE);
    parts.push(at === -1 ? chunk : chunk.subarray(0, at));
    bytes += at === -1 ? chunk.length : at + 1;
    if (bytes > REQUEST_BYTES_MAX) return end(`its request is longer than ${REQUEST_BYTES_MAX} bytes`);
    if (at === -1) return;
    socket.off('data', take);
    // What comes behind the line is not looked at, but has to go somewhere.
    socket.resume();
    const line = Buffer.concat(parts);
    parts = [];
    callOff();
    const response = answered(desk, line, log);
    if (response === null) return end('what came is no request');
    callOff = timers.after(ANSWER_MS_MAX, () => end('its answer was not taken in time'));
    socket.end(response);
  };
  socket.on('data', take);
}

function answered(desk: ControlDesk, line: Buffer, log: Log): string | null {
  try {
    const response = answerTo(desk, line);
    return response === null ? null : lineOf(response);
  } catch (error) {
    log.error(
      `control socket: a request could not be answered, which is a defect; it may have taken effect\n${stackText(error)}`,
    );
    return null;
  }
}
