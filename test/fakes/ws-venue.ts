// A venue's private stream on loopback whose every word a test says, over real sockets.

import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type WebSocket, WebSocketServer } from 'ws';
import { Mailbox } from './mailbox.ts';

/** What a client meets that wants to connect: a connection, an HTTP status, an end without a word, or nothing at all. */
export type Welcome = 'open' | 'close' | 'hang_up' | 'nothing' | number;

export class VenueSocket {
  readonly listenKey: string | null;
  /** Resolves when it is no more, whoever ended it. */
  readonly gone: Promise<void>;
  private readonly socket: WebSocket;
  private readonly said = new Mailbox<string>();

  constructor(socket: WebSocket, listenKey: string | null) {
    this.socket = socket;
    this.listenKey = listenKey;
    this.gone = new Promise((resolve) => socket.on('close', () => resolve()));
    socket.on('message', (frame: Buffer) => this.said.put(frame.toString()));
    // A client that breaks off is what some tests are about.
    socket.on('error', () => socket.terminate());
  }

  /** Says `text` as the venue does, in a compressed binary frame. */
  say(text: string): void {
    this.socket.send(gzipSync(text));
  }

  /** Sends a frame as it is. */
  send(frame: Buffer | string, kind: 'binary' | 'text'): void {
    this.socket.send(frame, { binary: kind === 'binary' });
  }

  /** The next text of the client, in order. */
  heard(): Promise<string> {
    return this.said.take();
  }

  /** Resolves when the client has dealt with everything that was sent before. */
  async settled(): Promise<void> {
    this.say('Ping');
    let answer = await this.heard();
    while (answer !== 'Pong') answer = await this.heard();
  }

  /** Ends it with a close frame. */
  close(): void {
    this.socket.close(1000);
  }

  /** Ends it as the venue does with whoever owes a pong: without a word. */
  breakOff(): void {
    this.socket.terminate();
  }
}

export interface WsVenue {
  readonly url: string;
  /** For whoever connects from now on. */
  welcome(how: Welcome): void;
  /** The next connection that was opened, in order. */
  next(): Promise<VenueSocket>;
  /** How often a client has knocked so far. */
  knocks(): number;
  /** The connections that are open, the oldest first. */
  open(): readonly VenueSocket[];
  close(): Promise<void>;
}

export async function wsVenue(): Promise<WsVenue> {
  const server = createServer();
  const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const opened = new Mailbox<VenueSocket>();
  const open = new Set<VenueSocket>();
  const raw = new Set<Socket>();
  let how: Welcome = 'open';
  let knocks = 0;
  server.on('connection', (socket) => {
    raw.add(socket);
    socket.on('close', () => raw.delete(socket)).on('error', () => socket.destroy());
  });
  server.on('upgrade', (request, socket, head) => {
    knocks += 1;
    if (how === 'nothing') return;
    if (how === 'hang_up') socket.destroy();
    else if (typeof how === 'number') socket.end(`HTTP/1.1 ${how} No\r\nConnection: close\r\n\r\n`);
    else {
      const listenKey = new URL(request.url ?? '/', 'http://localhost').searchParams.get('listenKey');
      const closes = how === 'close';
      upgrades.handleUpgrade(request, socket, head, (ws) => {
        if (closes) {
          ws.close(1008);
          return;
        }
        const welcomed = new VenueSocket(ws, listenKey);
        open.add(welcomed);
        void welcomed.gone.then(() => open.delete(welcomed));
        opened.put(welcomed);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/swap-market`,
    welcome: (next) => {
      how = next;
    },
    next: () => opened.take(),
    knocks: () => knocks,
    open: () => [...open],
    async close() {
      for (const socket of raw) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
