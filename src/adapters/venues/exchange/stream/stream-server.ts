// The local exchange over WebSocket: private streams by listen key, public topics, pings, and whatever may go wrong with frames.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { type WebSocket, WebSocketServer } from 'ws';
import { type WireObject, writeJsonText } from '../../json-text.ts';
import { accountOf, type Frame } from '../model/state.ts';
import type { ExchangeWorld, MarketMove, StreamCommand } from '../world.ts';
import { contradicted, malformedFrame, oversizedFrame } from './frame-faults.ts';
import { configEvents, eventOf } from './private-events.ts';
import { answerTo, newsOf, type Topic } from './public-topics.ts';

const STREAM_PATH = '/swap-market';
const PING_EVERY_MS = 5_000;
/** A client that leaves so many pings in a row unanswered, half a minute of them, is gone. A machine that slept asks it before. */
const UNANSWERED_MAX = 5;
const REPLAYED_FRAMES = 20;
const SAID_BYTES_MAX = 65_536;
/** A client that does not read is left behind. */
const UNREAD_BYTES_MAX = 8_388_608;

interface Connection {
  readonly socket: WebSocket;
  /** Of a private stream. */
  readonly listenKey: string | null;
  readonly accountId: string | null;
  readonly topics: Map<string, Topic>;
  /** Pings since its last answer. */
  unanswered: number;
  /** A frame that waits for the next one to go before it. */
  held: Buffer | null;
  isSilent: boolean;
  callOff: () => void;
}

export class StreamServer {
  private readonly world: ExchangeWorld;
  private readonly server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: SAID_BYTES_MAX,
  });
  private readonly connections = new Set<Connection>();
  private sent = 0;
  /** The last events of each account. */
  private readonly recent = new Map<string, string[]>();
  private readonly unfollow: () => void;

  constructor(world: ExchangeWorld) {
    this.world = world;
    const follow = (accountId: string, frames: readonly Frame[]): void => this.tell(accountId, frames);
    const followMarket = (move: MarketMove): void => this.tellPublic(move);
    const obey = (command: StreamCommand): void => this.obey(command);
    world.followers.add(follow);
    world.marketFollowers.add(followMarket);
    world.streamCommands.add(obey);
    this.unfollow = () => {
      world.followers.delete(follow);
      world.marketFollowers.delete(followMarket);
      world.streamCommands.delete(obey);
    };
  }

  /** Frames that were really written to private streams so far, pings included. */
  framesSent(): number {
    return this.sent;
  }

  /** Private streams that are open. */
  privateStreams(): number {
    return [...this.connections].filter(({ accountId }) => accountId !== null).length;
  }

  /** Takes an upgrade of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path, query] = (request.url ?? '').split('?', 2);
    const listenKey = new URLSearchParams(query).get('listenKey');
    const key = listenKey === null ? null : this.world.listenKeys.get(listenKey);
    const isKnown = key === null || (key !== undefined && key.expiresAtMs > this.world.timers.nowMs());
    if (path !== STREAM_PATH || !isKnown) {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    this.server.handleUpgrade(request, socket, head, (opened) =>
      this.open(opened, listenKey, key?.accountId ?? null),
    );
  }

  close(): void {
    this.unfollow();
    for (const connection of this.connections) this.drop(connection);
    this.server.close();
  }

  private open(socket: WebSocket, listenKey: string | null, accountId: string | null): void {
    const connection: Connection = {
      socket,
      listenKey,
      accountId,
      topics: new Map(),
      unanswered: 0,
      held: null,
      isSilent: false,
      callOff: () => undefined,
    };
    this.connections.add(connection);
    socket.on('message', (said: Buffer) => this.hear(connection, said.toString('utf8')));
    // What a client does wrong ends its own connection alone.
    socket.on('error', () => this.drop(connection));
    socket.on('close', () => this.drop(connection));
    this.sayAccount(connection);
    if (accountId !== null && this.world.faults.fires('frames_replayed'))
      for (const text of this.recent.get(accountId) ?? []) this.write(connection, gzipSync(text));
    this.beat(connection);
  }

  /** Every five seconds: a ping, how the account is set up, and an end for those who do not answer or whose key has expired. */
  private beat(connection: Connection): void {
    const { timers } = this.world;
    connection.callOff = timers.after(PING_EVERY_MS, () => {
      // Whoever hears nothing has nothing to answer.
      const isDead = !connection.isSilent && connection.unanswered >= UNANSWERED_MAX;
      if (isDead) this.drop(connection);
      connection.unanswered += 1;
      this.write(connection, gzipSync('Ping'));
      this.writeHeld(connection);
      this.sayAccount(connection);
      this.endExpired(connection);
      if (this.connections.has(connection)) this.beat(connection);
    });
  }

  private sayAccount(connection: Connection): void {
    const { accountId } = connection;
    if (accountId === null) return;
    const account = accountOf(this.world.model, accountId);
    for (const event of configEvents(this.world, account)) {
      this.write(connection, packed(event));
      if (this.world.wire.snapshots) this.write(connection, packed({ ...event, e: 'SNAPSHOT' }));
    }
  }

  private hear(connection: Connection, text: string): void {
    if (text === 'Pong') {
      connection.unanswered = 0;
      return;
    }
    const answer = answerTo(this.world, connection.topics, text);
    if (answer !== null) this.write(connection, packed(answer));
  }

  private tell(accountId: string, frames: readonly Frame[]): void {
    const { world } = this;
    const listeners = [...this.connections].filter((one) => one.accountId === accountId);
    const account = accountOf(world.model, accountId);
    for (const frame of frames) {
      const event = eventOf(world, account, frame);
      if (event === null) continue;
      const text = writeJsonText(event);
      this.remember(accountId, text);
      for (const connection of listeners) this.push(connection, text);
    }
  }

  private remember(accountId: string, text: string): void {
    const texts = this.recent.get(accountId) ?? [];
    texts.push(text);
    if (texts.length > REPLAYED_FRAMES) texts.shift();
    this.recent.set(accountId, texts);
  }

  /** Sends one event of a private stream, or what goes wrong instead. */
  private push(connection: Connection, text: string): void {
    const { faults } = this.world;
    if (connection.isSilent) return;
    if (faults.fires('stream_silent')) {
      connection.isSilent = true;
      return;
    }
    if (faults.fires('socket_dropped')) {
      this.drop(connection);
      return;
    }
    if (faults.fires('listen_key_expired')) {
      this.expire(connection);
      return;
    }
    if (faults.fires('frame_dropped')) return;
    const opposite = contradicted(text);
    if (opposite !== null && faults.fires('frame_contradictory')) this.write(connection, gzipSync(opposite));
    if (faults.fires('frame_malformed')) this.write(connection, malformedFrame(faults, text));
    if (faults.fires('frame_oversized')) this.write(connection, oversizedFrame());
    const frame = gzipSync(text);
    if (connection.held === null && faults.fires('frame_reordered')) {
      connection.held = frame;
      return;
    }
    this.write(connection, frame);
    if (faults.fires('frame_duplicated')) this.write(connection, frame);
    this.writeHeld(connection);
  }

  private writeHeld(connection: Connection): void {
    const { held } = connection;
    connection.held = null;
    if (held !== null) this.write(connection, held);
  }

  private tellPublic(move: MarketMove): void {
    for (const connection of this.connections)
      for (const topic of connection.topics.values()) {
        const news = newsOf(this.world, topic, move);
        if (news !== null) this.write(connection, packed(news));
      }
  }

  private obey(command: StreamCommand): void {
    for (const connection of [...this.connections]) {
      if (connection.listenKey === null) continue;
      if (command === 'drop_sockets') this.drop(connection);
      else this.expire(connection);
    }
    // Those that nobody listens by.
    if (command === 'expire_listen_keys') this.world.listenKeys.clear();
  }

  private endExpired(connection: Connection): void {
    const { listenKey } = connection;
    if (listenKey === null) return;
    const key = this.world.listenKeys.get(listenKey);
    if (key === undefined || key.expiresAtMs <= this.world.timers.nowMs()) this.expire(connection);
  }

  /** Takes the key of a stream back, and tells all who hear it. */
  private expire({ listenKey }: Connection): void {
    const { world } = this;
    if (listenKey === null) return;
    world.listenKeys.delete(listenKey);
    for (const connection of [...this.connections]) {
      if (connection.listenKey !== listenKey) continue;
      this.write(connection, packed({ e: 'listenKeyExpired', E: world.timers.nowMs(), listenKey }));
      connection.isSilent = true;
    }
  }

  private write(connection: Connection, frame: Buffer): void {
    const { socket, isSilent } = connection;
    if (isSilent || socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > UNREAD_BYTES_MAX) {
      this.drop(connection);
      return;
    }
    if (connection.accountId !== null) this.sent += 1;
    socket.send(frame, { binary: true });
  }

  /** Ends a connection without a word, as the venue does. */
  private drop(connection: Connection): void {
    connection.callOff();
    this.connections.delete(connection);
    connection.socket.terminate();
  }
}

function packed(event: WireObject): Buffer {
  return gzipSync(writeJsonText(event));
}
