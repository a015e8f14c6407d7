// The door of the app: takes signed deliveries, keeps them, and answers at once. What is not signed is refused before it is parsed.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock, Log } from '../ports.ts';
import { type Delivery, guidFrom } from './delivery.ts';
import { WEBHOOK_PATH } from './manifest.ts';

export interface WebhookServerPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether `signature` (`sha256=…`) is that of `body` under the secret; compares in constant time. */
  verify(body: string, signature: string): Promise<boolean>;
  /** Whether anything is done about events of this name; others are answered and dropped. */
  isHandled(event: string): boolean;
  /** Keeps a delivery, durably; throws where the disk refuses. */
  accept(delivery: Delivery): 'queued' | 'known';
  /** What `/healthz` shows. */
  health(): Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** GitHub's own limit of a payload. */
const BODY_BYTES_MAX = 25 * 1024 * 1024;
/** All bodies that are being received at once: what comes beyond is sent away, and GitHub is asked for it by the next sweep. */
const BUFFERED_BYTES_MAX = 128 * 1024 * 1024;
/** GitHub gives up after 10 s, so a body that takes longer is nobody's. */
const REQUEST_MS_MAX = 15_000;
const CONNECTIONS_MAX = 256;
/** How often Node looks whether a request took too long; its default of 30 s would triple the time a slow sender has. */
const TIMEOUT_CHECK_MS = 1_000;
const HEALTH_PATH = '/healthz';

/** Returns the server; it does not listen yet. */
export function webhookServer(ports: WebhookServerPorts): Server {
  const buffered = { bytes: 0 };
  const server = createServer(
    {
      requestTimeout: REQUEST_MS_MAX,
      headersTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    (request, response) => {
      answerTo(request, ports, buffered).then(
        (answer) => send(request, response, answer),
        (error: unknown) => {
          ports.log.error(`a delivery could not be kept, and GitHub was told so: ${String(error)}`);
          send(
            request,
            response,
            refusal(503, 'the delivery could not be kept; it is asked for again later'),
          );
        },
      );
    },
  );
  server.maxConnections = CONNECTIONS_MAX;
  // As where no file can be opened for another connection: those that are there go on, and an error that nobody hears ends the process.
  server.once('listening', () => {
    server.on('error', (error) => ports.log.error(`the door of the app: ${error.message}`));
  });
  return server;
}

async function answerTo(
  request: IncomingMessage,
  ports: WebhookServerPorts,
  buffered: { bytes: number },
): Promise<Answer> {
  const path = (request.url ?? '').split('?', 1)[0];
  if (path === HEALTH_PATH) {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    return isRead ? { status: 200, body: ports.health() } : wrongMethod('GET, HEAD');
  }
  if (path !== WEBHOOK_PATH) return refusal(404, `nothing is here; webhooks go to ${WEBHOOK_PATH}`);
  if (request.method !== 'POST') return wrongMethod('POST');
  const head = headOf(request);
  if ('status' in head) return head;
  const body = await bodyOf(request, buffered);
  if (typeof body !== 'string') return body;
  if (body === '' || !(await ports.verify(body, head.signature)))
    return refusal(401, 'the signature is not that of the body; compare the webhook secrets');
  return keep(ports, head, body);
}

interface Head {
  readonly guid: string;
  readonly event: string;
  readonly signature: string;
}

/** What can be refused before a byte of the body is read. */
function headOf({ headers }: IncomingMessage): Head | Answer {
  const signature = headers['x-hub-signature-256'];
  if (typeof signature !== 'string' || signature === '')
    return refusal(401, 'the header X-Hub-Signature-256 is missing; set a webhook secret in the app');
  const type = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return refusal(415, 'expected application/json; choose it as the content type of the webhook');
  const event = headers['x-github-event'];
  if (typeof event !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(event))
    return refusal(400, 'the header X-GitHub-Event is missing or is no name of an event');
  const given = headers['x-github-delivery'];
  const guid = typeof given === 'string' ? guidFrom(given) : null;
  if (guid === null) return refusal(400, 'the header X-GitHub-Delivery is missing or is no GUID');
  if (Number(headers['content-length'] ?? '0') > BODY_BYTES_MAX) return TOO_LARGE;
  return { guid, event, signature };
}

const TOO_LARGE = refusal(413, `the body is longer than ${BODY_BYTES_MAX} bytes`);

/** Reads the body as text, or stops reading where it grows too long. */
async function bodyOf(request: IncomingMessage, buffered: { bytes: number }): Promise<string | Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const part: Buffer = chunk;
      bytes += part.length;
      buffered.bytes += part.length;
      if (bytes > BODY_BYTES_MAX) return TOO_LARGE;
      if (buffered.bytes > BUFFERED_BYTES_MAX)
        return { ...refusal(503, 'too many bodies at once; try again'), headers: { 'retry-after': '60' } };
      chunks.push(part);
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    // A sender that hung up hears nothing of this; bytes that are no UTF-8 are not JSON either.
    if (error instanceof TypeError || request.destroyed)
      return refusal(400, 'the body is not UTF-8, or ended early');
    throw error;
  } finally {
    buffered.bytes -= bytes;
  }
}

function keep(ports: WebhookServerPorts, { guid, event }: Head, body: string): Answer {
  const payload = objectIn(body);
  if (payload === null) return refusal(400, 'the body is no JSON object');
  if (!ports.isHandled(event)) return { status: 202, body: { delivery: guid, result: 'ignored' } };
  const receivedAtMs = ports.clock.nowMs();
  const result = ports.accept({ guid, event, repository: repositoryIn(payload), receivedAtMs, body });
  return { status: 202, body: { delivery: guid, result } };
}

function objectIn(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch (error) {
    // RangeError: nested deeper than the parser goes.
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

function repositoryIn(payload: object): string | null {
  if (!('repository' in payload)) return null;
  const { repository } = payload;
  if (typeof repository !== 'object' || repository === null || !('full_name' in repository)) return null;
  return typeof repository.full_name === 'string' ? repository.full_name : null;
}

function wrongMethod(allowed: string): Answer {
  return { ...refusal(405, `expected ${allowed}`), headers: { allow: allowed } };
}

function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

/** A body that was not read to its end ends the connection, or the rest would be taken for the next request. */
function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed) return;
  const isLeftOver = !request.complete;
  const text = `${JSON.stringify(body)}\n`;
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    ...(isLeftOver ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : text, () => {
    if (isLeftOver) request.destroy();
  });
}
