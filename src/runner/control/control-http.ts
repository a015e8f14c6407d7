// The control desk over HTTP, for machines where no socket can be shared: on loopback alone, and only for who holds the token.

import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { sha256Hex } from '../../domain/canonical.ts';
import { stackText } from '../../domain/causes.ts';
import { REQUEST_BYTES_MAX } from '../../domain/kernel-control.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Log, Timers } from '../../ports.ts';
import type { ControlDesk } from './control-desk.ts';
import { answerTo, lineOf } from './control-line.ts';

const CONTROL_PATH = '/control';
const TOKEN_CHARS_MIN = 32;
const BODY_MS_MAX = 5_000;

/** Takes a request where it is one of the desk; `false`: it is not, and was not touched. */
export type ControlOverHttp = (req: IncomingMessage, res: ServerResponse) => boolean;

/**
 * Returns the token of the environment, `null` where there is none, so that nothing is offered over HTTP; or what is wrong with it.
 *
 * @param given PINK_CONTROL_TOKEN.
 */
export function controlTokenFrom(given: string | undefined): Result<string | null, string> {
  const token = (given ?? '').trim();
  if (token === '') return ok(null);
  if (token.length >= TOKEN_CHARS_MIN) return ok(token);
  return err(
    `PINK_CONTROL_TOKEN has ${token.length} characters, and a token at least ${TOKEN_CHARS_MIN}; make one with openssl rand -hex 32`,
  );
}

interface ControlHttpDeps {
  readonly desk: ControlDesk;
  readonly token: string;
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Returns the handler of `POST /control`: the body is the request and the answer the response of the control socket, with 200, and with 409
 * where it was refused. No page of a browser can use it: it names no origin that may, and refuses whatever says that it comes from one.
 */
export function controlOverHttp(deps: ControlHttpDeps): ControlOverHttp {
  return (req, res) => {
    const path = (req.url ?? '').split('?', 1)[0];
    if (path !== CONTROL_PATH) return false;
    const refusal = refusalOf(req, deps.token);
    if (refusal === null) readBody(req, res, deps);
    else say(res, refusal.status, refusal.text);
    return true;
  };
}

interface HttpRefusal {
  readonly status: number;
  readonly text: string;
}

/** Nothing of a body is read before these have passed. */
function refusalOf({ method, headers, socket }: IncomingMessage, token: string): HttpRefusal | null {
  if (!isLoopback(socket.remoteAddress ?? '')) return { status: 403, text: 'only this machine may ask' };
  if (!isLoopback(hostName(headers.host ?? '')))
    return { status: 403, text: 'the name that was asked for is not one of this machine' };
  if (headers.origin !== undefined) return { status: 403, text: 'no page of a browser may ask' };
  if (method !== 'POST') return { status: 405, text: 'only POST is taken' };
  const given = /^Bearer (?<token>\S+)$/.exec(headers.authorization ?? '')?.groups?.['token'] ?? '';
  if (!isSame(given, token)) return { status: 401, text: 'the token is missing or another one' };
  if ((headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() !== 'application/json')
    return { status: 415, text: 'the body has to be application/json' };
  return null;
}

/** `localhost:8420`, `127.0.0.1:8420`, `[::1]:8420` → the name alone. */
function hostName(host: string): string {
  return (/^\[(?<v6>[^\]]+)\](:\d+)?$/.exec(host)?.groups?.['v6'] ?? host.replace(/:\d+$/, '')).toLowerCase();
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === 'localhost' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}

/** Digests have one length, so that the time that it takes says nothing of the token. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(given)), Buffer.from(sha256Hex(token)));
}

function readBody(req: IncomingMessage, res: ServerResponse, { desk, timers, log }: ControlHttpDeps): void {
  const parts: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  const end = (status: number, text: string): void => {
    if (isOver) return;
    isOver = true;
    callOff();
    say(res, status, text);
  };
  const callOff = timers.after(BODY_MS_MAX, () => end(408, 'there was no whole request in time'));
  req.on('error', () => end(400, 'the request broke off'));
  req.once('close', () => callOff());
  req.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) end(413, `a request may have ${REQUEST_BYTES_MAX} bytes`);
    else if (!isOver) parts.push(chunk);
  });
  req.once('end', () => {
    if (isOver) return;
    isOver = true;
    callOff();
    try {
      const response = answerTo(desk, Buffer.concat(parts));
      if (response === null) say(res, 400, 'what came is no request');
      else send(res, response.outcome === 'refused' ? 409 : 200, lineOf(response), 'application/json');
    } catch (error) {
      log.error(
        `control over HTTP: a request could not be answered, which is a defect; it may have taken effect\n${stackText(error)}`,
      );
      say(res, 500, 'the request could not be answered; ask for the status');
    }
  });
}

function say(res: ServerResponse, status: number, text: string): void {
  send(res, status, `${text}\n`, 'text/plain; charset=utf-8');
}

function send(res: ServerResponse, status: number, body: string, type: string): void {
  if (res.headersSent) return;
  res.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 405 ? { allow: 'POST' } : {}),
    // What is left of a body that was not read is not another request.
    ...(status >= 400 && status !== 409 ? { connection: 'close' } : {}),
  });
  res.end(body);
}
