// Keeps open pages up to date: everything at first, then what changed, at most twice a second and at least every five seconds.

import type { WebSocket } from 'ws';
import type { Log, Timers } from '../../ports.ts';
import type { RunnerFacts } from '../facts.ts';
import type { ChartsCursor, StatusHistory } from './history.ts';
import type { ChartsView, LiveMessage } from './runner-view.ts';
import { viewOf } from './view.ts';

export const PAGES_MAX = 20;
const TICK_MS = 500;
const AT_LEAST_EVERY_MS = 5_000;
/** A page that does not read is left behind; it comes back by itself, and gets everything. */
const UNREAD_BYTES_MAX = 4_194_304;

/** Codes of RFC 6455: the server goes away, a page said what it must not, a defect of ours. */
const GOING_AWAY = 1001;
const POLICY = 1008;
const DEFECT = 1011;

interface LivePorts {
  readonly facts: () => RunnerFacts;
  readonly history: StatusHistory;
  readonly timers: Timers;
  readonly log: Log;
}

export class LivePages {
  private readonly ports: LivePorts;
  private readonly sockets = new Set<WebSocket>();
  private cursor: ChartsCursor = { atMs: 0, fillNumber: 0 };
  private sentVersion = -1;
  private sentAtMs = 0;
  private callOff: (() => void) | null = null;

  constructor(ports: LivePorts) {
    this.ports = ports;
  }

  get isFull(): boolean {
    return [...this.sockets].filter((socket) => socket.readyState === socket.OPEN).length >= PAGES_MAX;
  }

  /** Takes a page that has just connected, and tells it everything. */
  open(socket: WebSocket): void {
    this.sockets.add(socket);
    socket.on('message', () => socket.close(POLICY, 'a page has nothing to say'));
    // What a page does wrong ends its own connection alone.
    socket.on('error', () => this.drop(socket));
    socket.on('close', () => this.drop(socket));
    const { history } = this.ports;
    const isFirst = this.callOff === null;
    const text = this.messageText('full', () => history.charts());
    if (text === null) return;
    if (isFirst) this.noteSent();
    this.send(socket, text);
    if (isFirst) this.waitForTick();
  }

  /** Ends every connection: with a word, but a page that does not answer to it is not waited for. */
  close(): void {
    for (const socket of [...this.sockets]) {
      socket.close(GOING_AWAY, 'the runner stops');
      setImmediate(() => socket.terminate());
    }
    this.sockets.clear();
    this.stop();
  }

  private waitForTick(): void {
    this.callOff = this.ports.timers.after(TICK_MS, () => this.tick());
  }

  private tick(): void {
    const { history, timers } = this.ports;
    const isNew = history.version !== this.sentVersion;
    if (isNew || timers.nowMs() - this.sentAtMs >= AT_LEAST_EVERY_MS) {
      const text = this.messageText('update', () => history.chartsSince(this.cursor));
      if (text === null) return;
      this.noteSent();
      for (const socket of [...this.sockets]) this.send(socket, text);
    }
    if (this.sockets.size > 0) this.waitForTick();
    else this.stop();
  }

  private noteSent(): void {
    const { history, timers } = this.ports;
    this.cursor = history.cursor();
    this.sentVersion = history.version;
    this.sentAtMs = timers.nowMs();
  }

  /** A defect in what is shown must not end what trades: pages are told, and try again. */
  private messageText(kind: LiveMessage['kind'], charts: () => ChartsView): string | null {
    const { facts, history, log } = this.ports;
    try {
      const message: LiveMessage = { kind, view: viewOf(facts(), history.recent()), charts: charts() };
      return JSON.stringify(message);
    } catch (error) {
      log.error(`the status page cannot be told how the runner stands: ${String(error)}`);
      this.stop();
      for (const socket of [...this.sockets]) socket.close(DEFECT, 'a defect of the status page');
      return null;
    }
  }

  private send(socket: WebSocket, text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > UNREAD_BYTES_MAX) {
      this.ports.log.info('a status page does not read what it is sent, and is left behind');
      this.drop(socket);
      return;
    }
    socket.send(text);
  }

  private stop(): void {
    this.callOff?.();
    this.callOff = null;
  }

  private drop(socket: WebSocket): void {
    this.sockets.delete(socket);
    socket.terminate();
    if (this.sockets.size === 0) this.stop();
  }
}
