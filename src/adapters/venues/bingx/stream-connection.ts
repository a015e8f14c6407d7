// One connection to the venue's stream: it unpacks frames, answers pings, and knows when it has been silent for too long.

import { WebSocket } from 'ws';
import type { Timers } from '../../../ports.ts';
import { unpacked } from './unpack.ts';

interface ConnectionEvents {
  /** The first frame that can be read came, a ping perhaps: the connection works. */
  readonly proven: () => void;
  /** One frame that is no ping. */
  readonly text: (text: string) => void;
  readonly malformed: (problem: string) => void;
  /** It is no more, for whatever reason but {@link StreamConnection.close}. */
  readonly ended: (why: string) => void;
}

interface ConnectionConfig {
  readonly url: URL;
  readonly timers: Timers;
  /** Without a frame that can be read, pings among them, it is dead after so long; a new one has as long for its first. */
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
  private callOff: () => void;
  private isOver = false;

  constructor(config: ConnectionConfig) {
    this.config = config;
    this.callOff = this.watch();
    this.socket = new WebSocket(config.url, {
      perMessageDeflate: false,
      maxPayload: TAKEN_BYTES_MAX,
      // It would end the connection for one text that is no UTF-8.
      skipUTF8Validation: true,
    });
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
    const { events } = this.config;
    this.received += 1;
    const text = unpacked(frame);
    if (!text.ok) {
      events.malformed(text.error);
      return;
    }
    this.callOff();
    this.callOff = this.watch();
    if (!this.isProven) {
      this.isProven = true;
      events.proven();
    }
    // Whoever was told that it works may have ended it.
    if (!this.isOver && !this.answered(text.value)) events.text(text.value);
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

  /** Begins to wait anew. The wait alone is counted on: a clock may be put back. */
  private watch(): () => void {
    const { timers, silenceMs } = this.config;
    return timers.after(silenceMs, () => this.end(`nothing came for ${silenceMs} ms`));
  }

  private end(why: string): void {
    if (this.isOver) return;
    this.close();
    this.config.events.ended(why);
  }
}
