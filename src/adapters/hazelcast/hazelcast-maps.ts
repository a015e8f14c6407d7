// Maps of a Hazelcast cluster as JSON text: one client that connects by itself for as long as it takes, and calls that end in bounded time.

import { err, ok, type Result } from '../../domain/result.ts';
import type { Timers } from '../../ports.ts';
import { loadOptional } from '../optional-package.ts';

const CALL_TIMEOUT_MS = 5_000;
const REASON_CHARS_MAX = 200;

/** Where the cluster is, in the words of the configuration. */
export interface HazelcastSettings {
  /** The key of the configuration that asks for it, as `feed.hazelcast`; named in failures. */
  readonly wantedBy: string;
  readonly cluster: string;
  /** `host:port` each. */
  readonly members: readonly string[];
}

/**
 * One map. A value is text: that of a JSON value or a string as it was put, and what else can be said in JSON as JSON. A failure is one
 * sentence; it does not mean that nothing took effect.
 */
export interface HazelcastMap {
  /** `null` where there is no such key. */
  get(key: string): Promise<Result<string | null, string>>;
  /** Puts text as a JSON value, so that the cluster can query its fields. */
  set(key: string, json: string): Promise<Result<void, string>>;
}

export interface HazelcastMaps {
  /** Asks nothing: the map is there once it is used. */
  map(name: string): HazelcastMap;
  /** Ends the client, and every call that is under way. */
  close(): Promise<void>;
}

/** The part of the client's package that is used here. Values are unknown until they are read. */
export interface HazelcastPackage {
  readonly Client: { newHazelcastClient(config: object): Promise<HazelcastClient> };
  readonly HazelcastJsonValue: new (text: string) => object;
}

interface HazelcastClient {
  getMap(name: string): Promise<RawMap>;
  getLifecycleService(): { isRunning(): boolean };
  shutdown(): Promise<void>;
}

interface RawMap {
  get(key: string): Promise<unknown>;
  set(key: string, value: object): Promise<void>;
}

/** A client with what is known of its connection. */
interface Session {
  readonly client: HazelcastClient;
  /** Resolves with the next connection; at once while there is one. */
  connected(): Promise<void>;
  /** What the client said last of why there is none; empty where it said nothing. */
  reason(): string;
}

interface Parts {
  readonly timers: Timers;
  /** Imports the client's package; default: the one that is installed. */
  readonly load?: () => Promise<HazelcastPackage>;
}

/**
 * Returns the maps of a cluster. Nothing is imported or connected before the first call; every call waits up to five seconds for the
 * connection and its answer, and a client that has ended, as where the cluster has another name, is begun anew by the next call.
 */
export function hazelcastMaps(settings: HazelcastSettings, parts: Parts): HazelcastMaps {
  const load = parts.load ?? (() => import('hazelcast-client'));
  const place = `Hazelcast (cluster ${settings.cluster} at ${settings.members.join(', ')})`;
  let opening: Promise<Result<Opened, string>> | null = null;
  let isClosed = false;

  const opened = async (): Promise<Result<Opened, string>> => {
    const begun = opening;
    const before = begun === null ? null : await begun.catch(() => null);
    if (before?.ok === true && before.value.session.client.getLifecycleService().isRunning()) return before;
    if (isClosed) return err(`${place} was closed`);
    if (opening === null || opening === begun) opening = open(settings, load);
    return opening;
  };

  const call = async <T>(what: string, run: (at: Opened) => Promise<T>): Promise<Result<T, string>> => {
    if (isClosed) return err(`${place} was closed before ${what}`);
    let session: Session | null = null;
    const work = async (): Promise<Result<T, string>> => {
      const at = await opened();
      if (!at.ok) return at;
      session = at.value.session;
      await session.connected();
      return ok(await run(at.value));
    };
    try {
      const done = await within(parts.timers, CALL_TIMEOUT_MS, work());
      if (done !== 'late') return done;
      return err(`${place} did not answer ${what} within ${CALL_TIMEOUT_MS / 1000} s${because(session)}`);
    } catch (error) {
      return err(
        `${place} failed at ${what}: ${brief(error instanceof Error ? error.message : String(error))}`,
      );
    }
  };

  return {
    map: (name) => mapOf(name, call),
    close: async () => {
      isClosed = true;
      const now = await opening?.catch(() => null);
      if (now?.ok === true) await within(parts.timers, CALL_TIMEOUT_MS, now.value.session.client.shutdown());
    },
  };
}

interface Opened {
  readonly session: Session;
  readonly loaded: HazelcastPackage;
}

type Call = <T>(what: string, run: (at: Opened) => Promise<T>) => Promise<Result<T, string>>;

function mapOf(name: string, call: Call): HazelcastMap {
  const raw = (at: Opened): Promise<RawMap> => at.session.client.getMap(name);
  return {
    get: (key) => call(`get ${name}/${key}`, async (at) => textOf(await (await raw(at)).get(key), at.loaded)),
    set: (key, json) =>
      call(`set ${name}/${key}`, async (at) =>
        (await raw(at)).set(key, new at.loaded.HazelcastJsonValue(json)),
      ),
  };
}

async function open(
  settings: HazelcastSettings,
  load: () => Promise<HazelcastPackage>,
): Promise<Result<Opened, string>> {
  const loaded = await loadOptional('hazelcast-client', settings.wantedBy, load);
  if (!loaded.ok) return loaded;
  let reason = '';
  let connect: () => void = () => undefined;
  let connection = new Promise<void>((resolve) => {
    connect = resolve;
  });
  const hear = (state: string): void => {
    if (state === 'CONNECTED') connect();
    if (state === 'DISCONNECTED')
      connection = new Promise((resolve) => {
        connect = resolve;
      });
  };
  const keep = (part: string, message: string): void => {
    if (part !== 'WaitStrategy') reason = brief(message);
  };
  const client = await loaded.value.Client.newHazelcastClient(clientConfig(settings, hear, keep));
  const session = { client, connected: () => connection, reason: () => reason };
  return ok({ session, loaded: loaded.value });
}

/** The client connects in its own time, and again after every disconnection; while it does, calls fail instead of queueing in it. */
function clientConfig(
  settings: HazelcastSettings,
  hear: (state: string) => void,
  keep: (part: string, message: string) => void,
): object {
  const drop = (): void => undefined;
  return {
    clusterName: settings.cluster,
    network: { clusterMembers: [...settings.members], connectionTimeout: CALL_TIMEOUT_MS },
    connectionStrategy: {
      asyncStart: true,
      reconnectMode: 'ASYNC',
      connectionRetry: { initialBackoffMillis: 500, maxBackoffMillis: 5_000, multiplier: 1.5, jitter: 0.2 },
    },
    lifecycleListeners: [hear],
    serialization: { jsonStringDeserializationPolicy: 'NO_DESERIALIZATION' },
    customLogger: { log: drop, error: keep, warn: keep, info: drop, debug: drop, trace: drop },
    properties: {
      'hazelcast.client.invocation.timeout.millis': CALL_TIMEOUT_MS,
      'hazelcast.client.heartbeat.interval': 2_000,
      'hazelcast.client.heartbeat.timeout': 10_000,
    },
  };
}

function textOf(value: unknown, { HazelcastJsonValue }: HazelcastPackage): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  return value instanceof HazelcastJsonValue ? value.toString() : JSON.stringify(value);
}

/** Resolves with the outcome of `work`, or with `late` once the time is over; what `work` does then is nobody's any more. */
async function within<T>(timers: Timers, ms: number, work: Promise<T>): Promise<T | 'late'> {
  let callOff = (): void => undefined;
  const over = new Promise<'late'>((resolve) => {
    callOff = timers.after(ms, () => resolve('late'));
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    callOff();
  }
}

function because(session: Session | null): string {
  const reason = session?.reason() ?? '';
  return reason === '' ? '' : `; its client said last: ${reason}`;
}

/** One line of bounded length: it is the words of somebody else's program. */
function brief(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, REASON_CHARS_MAX);
}
