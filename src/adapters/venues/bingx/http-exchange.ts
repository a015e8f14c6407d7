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
/** How long a connection may take to come about: another host may still be asked within the patience of an order. */
const CONNECT_MS = 3_000;

/** Asks over connections that are kept open between requests. */
export class HttpExchange {
  private readonly timers: Timers;
  private readonly timeoutMs: number;
  // Out of sight of whoever prints this: they hold keys and signatures.
  readonly #agents = {
    http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
    https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
  };
  readonly #underWay = new Set<ClientRequest>();

  constructor(timers: Timers, timeoutMs: number) {
    this.timers = timers;
    this.timeoutMs = timeoutMs;
  }

  /** Never rejects. Redirects are not followed: an answer that is one counts as an answer. */
  ask(question: HttpQuestion): Promise<HttpOutcome> {
    return new Promise((resolve) => {
      let request: ClientRequest;
      try {
        request = this.open(question);
      } catch (error) {
        resolve({ kind: 'not_left', text: codeOf(error) ?? 'it is no request' });
        return;
      }
      let hasLeft = false;
      let isLate = false;
      const isSecure = question.url.startsWith('https:');
      const end = (outcome: HttpOutcome): void => {
        callOff();
        callOffConnect();
        this.#underWay.delete(request);
        resolve(outcome);
      };
      const broke = (text: string): void => {
        if (!hasLeft) end({ kind: 'not_left', text: isLate ? 'no connection in time' : text });
        else if (isLate) end({ kind: 'lost', cause: 'TIMEOUT', text: 'no answer in time' });
        else end({ kind: 'lost', cause: 'CONNECTION', text });
      };
      const late = (): void => {
        isLate = true;
        request.destroy();
        broke('');
      };
      const callOff = this.timers.after(this.timeoutMs, late);
      const callOffConnect = this.timers.after(Math.min(CONNECT_MS, this.timeoutMs), late);
      const leaves = (): void => {
        hasLeft = true;
        callOffConnect();
      };
      this.#underWay.add(request);
      request.on('socket', (socket) => {
        if (!socket.connecting) leaves();
        else socket.once(isSecure ? 'secureConnect' : 'connect', leaves);
      });
      request.on('error', (error) => broke(codeOf(error) ?? 'the connection broke'));
      let isAnswered = false;
      request.on('response', (response) => {
        isAnswered = true;
        readBody(response, end, broke);
      });
      // Without an answer or an error it ends too: by a change of protocol that nobody asked for.
      request.on('close', () => {
        if (!isAnswered) broke('the connection broke');
      });
      request.end();
    });
  }

  close(): void {
    for (const request of this.#underWay) request.destroy(new Error('closed'));
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }

  /** @throws where the address is none, or a header holds what none can. */
  private open({ method, url, headers }: HttpQuestion): ClientRequest {
    const options = { method, headers: { ...headers, 'content-length': '0' } };
    return url.startsWith('https:')
      ? httpsRequest(url, { ...options, agent: this.#agents.https })
      : httpRequest(url, { ...options, agent: this.#agents.http });
  }
}

/** The code of an error of Node: its message may hold what was sent. */
function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

function readBody(
  response: IncomingMessage,
  end: (outcome: HttpOutcome) => void,
  broke: (text: string) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= ANSWER_BYTES_MAX) return;
    end({ kind: 'lost', cause: 'UNREADABLE', text: `an answer of more than ${ANSWER_BYTES_MAX} bytes` });
    response.destroy();
  });
  response.on('end', () =>
    end({
      kind: 'answer',
      status: response.statusCode ?? 0,
      body: Buffer.concat(chunks).toString('utf8'),
    }),
  );
  // What breaks off in the middle is no answer, whatever its status said.
  response.on('close', () => broke('the answer broke off in the middle'));
  response.on('error', () => undefined);
}
