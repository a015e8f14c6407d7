// One HTTP request and its answer, with what is known for certain: whether it left at all, and if so, what came back.

import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Timers } from '../../../ports.ts';

export interface HttpQuestion {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Texts never name the query, which holds the signature. */
export type HttpOutcome =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  /** It surely did not leave: there was no connection yet. */
  | { readonly kind: 'not_left'; readonly text: string }
  /** It may have left, and nobody knows what came of it. */
  | { readonly kind: 'lost'; readonly cause: 'TIMEOUT' | 'CONNECTION' | 'UNREADABLE'; readonly text: string };

const ANSWER_BYTES_MAX = 8 * 1_048_576;
/** Shorter than any server keeps an idle connection, so that a request seldom meets one that is closing. */
const IDLE_MS = 4_000;

/** Asks over connections that are kept open between requests. */
export class HttpExchange {
  private readonly timers: Timers;
  private readonly timeoutMs: number;
  private readonly agents = {
    http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
    https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
  };
  private readonly underWay = new Set<ClientRequest>();

  constructor(timers: Timers, timeoutMs: number) {
    this.timers = timers;
    this.timeoutMs = timeoutMs;
  }

  /** Never rejects. Redirects are not followed: an answer that is one counts as an answer. */
  ask({ method, url, headers }: HttpQuestion): Promise<HttpOutcome> {
    return new Promise((resolve) => {
      const isSecure = url.startsWith('https:');
      const open = isSecure ? httpsRequest : httpRequest;
      const request = open(url, {
        method,
        headers: { ...headers, 'content-length': '0' },
        agent: isSecure ? this.agents.https : this.agents.http,
      });
      let hasLeft = false;
      let isTimedOut = false;
      const end = (outcome: HttpOutcome): void => {
        callOff();
        this.underWay.delete(request);
        resolve(outcome);
      };
      const callOff = this.timers.after(this.timeoutMs, () => {
        isTimedOut = true;
        request.destroy(new Error('no answer in time'));
      });
      this.underWay.add(request);
      request.on('socket', (socket) => {
        if (!socket.connecting) hasLeft = true;
        else socket.once(isSecure ? 'secureConnect' : 'connect', () => (hasLeft = true));
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        const text = isTimedOut ? 'no answer in time' : (error.code ?? 'the connection broke');
        if (hasLeft) end({ kind: 'lost', cause: isTimedOut ? 'TIMEOUT' : 'CONNECTION', text });
        else end({ kind: 'not_left', text });
      });
      request.on('response', (response) => void readBody(response, isTimedOut).then(end));
      request.end();
    });
  }

  close(): void {
    for (const request of this.underWay) request.destroy(new Error('closed'));
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}

function readBody(response: IncomingMessage, isTimedOut: boolean): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes > ANSWER_BYTES_MAX) {
        resolve({
          kind: 'lost',
          cause: 'UNREADABLE',
          text: `an answer of more than ${ANSWER_BYTES_MAX} bytes`,
        });
        response.destroy();
      }
    });
    response.on('end', () =>
      resolve({
        kind: 'answer',
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks).toString('utf8'),
      }),
    );
    // What breaks off in the middle is no answer, whatever its status said.
    response.on('close', () =>
      resolve({
        kind: 'lost',
        cause: isTimedOut ? 'TIMEOUT' : 'CONNECTION',
        text: 'the answer broke off in the middle',
      }),
    );
    response.on('error', () => undefined);
  });
}
