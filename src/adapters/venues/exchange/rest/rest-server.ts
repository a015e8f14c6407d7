// The local exchange over HTTP: finds the route, checks the caller, lets go wrong what was asked to go wrong, and answers.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { assert } from '../../../../domain/assert.ts';
import type { ApiAnswer, ApiCall, Route } from '../api.ts';
import { apiError } from '../api.ts';
import { type FaultName, LATE_MAX_MS, RATE_LIMITED_MS } from '../faults.ts';
import { type ExchangeWorld, presentOf, publishFrames } from '../world.ts';
import { type ApiRequest, apiRequestOf, readBody } from './api-request.ts';
import { type HttpText, httpTextOf } from './envelope.ts';
import { callerOf } from './signature.ts';

export interface RestServer {
  /** Takes one request. Never throws, whatever it is. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Requests that are being worked on; without those that wait for time to pass, or for ever. */
  working(): number;
  /** Requests that wait for time to pass, or are never answered. */
  held(): number;
  /** Requests taken so far. */
  taken(): number;
  /** Carries out nothing any more that is on its way. A client that has gone alone does not stop its request. */
  close(): void;
}

/** Returns a server of `routes`; each path and method is there once. */
export function restServer(world: ExchangeWorld, routes: readonly Route[]): RestServer {
  return new Server(world, routes);
}

class Server implements RestServer {
  private readonly world: ExchangeWorld;
  private readonly routes: ReadonlyMap<string, Route>;
  private readonly blockedUntilMs = new Map<string, number>();
  private readonly open = new Set<ServerResponse>();
  private readonly waiting = new Set<ServerResponse>();
  private total = 0;
  private isClosed = false;

  constructor(world: ExchangeWorld, routes: readonly Route[]) {
    for (const { instrument } of world.model.markets.values())
      assert(
        instrument.tick.units === 1 && instrument.lot.units === 1,
        () => `steps of ${instrument.symbol} are no powers of ten, which a precision could not say`,
      );
    this.world = world;
    this.routes = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  }

  working(): number {
    return this.open.size - this.waiting.size;
  }

  held(): number {
    return this.waiting.size;
  }

  close(): void {
    this.isClosed = true;
  }

  taken(): number {
    return this.total;
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.total += 1;
    this.open.add(response);
    response.on('close', () => {
      this.open.delete(response);
      this.waiting.delete(response);
    });
    readBody(request).then(
      (body) =>
        this.orDefect(response, () => {
          if (body.ok) this.take(request, response, body.value);
          else send(response, { status: 413, body: '' });
        }),
      // The client has gone before it had asked.
      () => response.destroy(),
    );
  };

  /** A defect of the exchange ends the request, and is thrown where nobody can overlook it. */
  private orDefect(response: ServerResponse, run: () => void): void {
    try {
      run();
    } catch (error) {
      send(response, { status: 500, body: 'a defect of the local exchange' });
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  private take(request: IncomingMessage, response: ServerResponse, body: string): void {
    presentOf(this.world);
    const read = apiRequestOf(request, body);
    if (!read.ok) {
      this.reply(response, apiError(100400, read.error));
      return;
    }
    const route = this.routes.get(`${read.value.method} ${read.value.path}`);
    if (route === undefined) this.reply(response, apiError(100400, 'this api is not exist'));
    else if (isOwn(route)) this.reply(response, this.answer(route, read.value));
    else this.later(response, this.oneWayMs(), () => this.arrive(response, route, read.value));
  }

  private arrive(response: ServerResponse, route: Route, request: ApiRequest): void {
    if (route.access !== 'public') this.takeFaulty(response, route, request);
    else this.travelBack(response, httpTextOf(this.answer(route, request), this.world.wire.legacyCodes), 0);
  }

  /** Strikes what asks for an account: before it is carried out, or after. */
  private takeFaulty(response: ServerResponse, route: Route, request: ApiRequest): void {
    const { faults } = this.world;
    const refusal = this.refusal(request.path);
    if (refusal !== null) {
      this.travelBack(response, httpTextOf(refusal, this.world.wire.legacyCodes), 0);
      return;
    }
    if (faults.fires('request_lost')) {
      this.hold(response);
      return;
    }
    if (faults.fires('server_error')) {
      send(response, { status: 500, body: 'Internal Server Error' });
      return;
    }
    const lateMs = this.lateMs('request_delayed');
    this.later(response, lateMs, () => this.carryOut(response, route, request));
  }

  private carryOut(response: ServerResponse, route: Route, request: ApiRequest): void {
    const { faults } = this.world;
    const text = httpTextOf(this.answer(route, request), this.world.wire.legacyCodes);
    if (faults.fires('response_lost')) this.hold(response);
    else if (faults.fires('connection_reset')) response.destroy();
    else if (faults.fires('gateway_timeout')) send(response, { status: 504, body: 'Gateway Time-out' });
    else if (faults.fires('unreadable'))
      send(response, { ...text, body: text.body.slice(0, Math.floor(text.body.length / 2)) });
    else this.travelBack(response, text, this.lateMs('response_delayed'));
  }

  private travelBack(response: ServerResponse, text: HttpText, lateMs: number): void {
    this.later(response, this.oneWayMs() + lateMs, () => send(response, text));
  }

  private oneWayMs(): number {
    return this.world.latencyMs / 2;
  }

  private answer(route: Route, request: ApiRequest): ApiAnswer {
    const { world } = this;
    presentOf(world);
    const { method, path, params } = request;
    const call = (signedAtMs: number): ApiCall => ({ method, path, params, signedAtMs });
    if (route.access === 'public') return route.answer(world, call(world.model.nowMs));
    const checked = callerOf(world, request, route.access);
    if ('refusal' in checked) return checked.refusal;
    const answer = route.answer(world, call(checked.signedAtMs), checked.caller);
    publishFrames(world);
    return answer;
  }

  private refusal(path: string): ApiAnswer | null {
    const { faults } = this.world;
    const nowMs = presentOf(this.world);
    const isBlocked = nowMs < (this.blockedUntilMs.get(path) ?? 0);
    if (!isBlocked && faults.fires('rate_limited')) this.blockedUntilMs.set(path, nowMs + RATE_LIMITED_MS);
    const untilMs = this.blockedUntilMs.get(path) ?? 0;
    if (nowMs < untilMs)
      return apiError(
        100410,
        `The endpoint trigger frequency limit rule is currently in the disabled period and will be unblocked after ${untilMs}`,
      );
    if (faults.fires('busy')) return apiError(109500, 'The service is busy, please try again');
    if (faults.fires('clock_skew')) return apiError(100421, 'Null timestamp or timestamp mismatch');
    return null;
  }

  private lateMs(fault: FaultName): number {
    const { faults } = this.world;
    return faults.fires(fault) ? faults.between(fault, 100, LATE_MAX_MS) : 0;
  }

  /** Counts a request as one that waits, unless its client has gone already. */
  private hold(response: ServerResponse): void {
    if (this.open.has(response)) this.waiting.add(response);
  }

  private later(response: ServerResponse, ms: number, run: () => void): void {
    if (ms === 0) {
      run();
      return;
    }
    this.hold(response);
    this.world.timers.after(ms, () => {
      if (this.isClosed) return;
      this.waiting.delete(response);
      this.orDefect(response, run);
    });
  }

  private reply(response: ServerResponse, answer: ApiAnswer): void {
    send(response, httpTextOf(answer, this.world.wire.legacyCodes));
  }
}

/** Whether a route is the exchange's own, and not one of the venue that it plays. */
function isOwn({ path }: Route): boolean {
  return path.startsWith('/control');
}

function send(response: ServerResponse, { status, body }: HttpText): void {
  if (response.destroyed) return;
  if (body === '') {
    response.statusCode = status;
    response.end();
    return;
  }
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
