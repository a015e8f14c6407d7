// One connection to the venue's stream: it unpacks frames, answers pings, and knows when it has been silent for too long.

import { WebSocket } from 'ws';
import type { Timers } from '../../../ports.ts';
import { unpacked } from './unpack.ts';

interface ConnectionEvents {
  /** The first frame of any kind came: the connection works. */
  readonly proven: () => void;
  /** One frame that is no ping. */
  readonly text: (text: string) => void;
  readonly malformed: (problem: string) => void;
  /** It is no more, for whatever reason but {@link StreamConnection.close}. */
  readonly ended: (why: string) => void;
}

interface ConnectionConfig {
  readonly url: string;
  readonly timers: Timers;
  /** Without a frame of any kind for so long it is dead; a new one has as long to say its first. */
  readonly silenceMs: number;
  readonly events: ConnectionEvents;
}

/** What ws takes before it gives a connection up. What is smaller and still too large is skipped here, and the connection lives on. */
const TAKEN_BYTES_MAX = 16_777_216;

export class StreamConnection {
  isProven = false;
  /** Frames of any kind, pings included. */
  received = 0;
  private readonly config: ConnectionConfig;
  private readonly socket: WebSocket;
  private heardAtMs: number;
  private callOff: () => void;
  private isOver = false;

  constructor(config: ConnectionConfig) {
    this.config = config;
    this.heardAtMs = config.timers.nowMs();
    this.callOff = this.watch(config.silenceMs);
    this.socket = new WebSocket(config.url, { perMessageDeflate: false, maxPayload: TAKEN_BYTES_MAX });
    this.socket.on('message', (frame: Buffer) => this.take(frame));
    this.socket.on('close', () => this.end('the venue closed the connection'));
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' && !this.isOver)
        config.events.malformed(`it has more than ${TAKEN_BYTES_MAX} bytes`);
      // Its message may name the address, and the address holds the listen key.
      this.end(`the connection failed (${error.code ?? 'refused'})`);
    });
  }

  /** Ends it without another word to its events. */
  close(): void {
    this.isOver = true;
    this.callOff();
    this.socket.terminate();
  }

  private take(frame: Buffer): void {
    if (this.isOver) return;
    const { events, timers } = this.config;
    this.received += 1;
    this.heardAtMs = timers.nowMs();
    const text = unpacked(frame);
    if (!this.isProven) {
      this.isProven = true;
      events.proven();
    }
    if (!text.ok) events.malformed(text.error);
    else if (!this.answered(text.value)) events.text(text.value);
  }

  /** Answers a ping, and returns whether it was one. */
  private answered(text: string): boolean {
    if (text === 'Ping') {
      this.socket.send('Pong');
      return true;
    }
    if (!text.startsWith('{"ping"') || text.length > 200) return false;
    // The same ping in the spelling of the venue's other sockets.
    this.socket.send(text.replace('{"ping"', '{"pong"'));
    return true;
  }

  private watch(ms: number): () => void {
    const { timers, silenceMs } = this.config;
    return timers.after(ms, () => {
      const leftMs = this.heardAtMs + silenceMs - timers.nowMs();
      if (leftMs > 0) this.callOff = this.watch(leftMs);
      else this.end(`nothing came for ${silenceMs} ms`);
    });
  }

  private end(why: string): void {
    if (this.isOver) return;
    this.close();
    this.config.events.ended(why);
  }
}
