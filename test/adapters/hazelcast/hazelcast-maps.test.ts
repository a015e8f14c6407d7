// The maps of a cluster: text in and out, one client for all calls, and an end to every wait.

import { describe, expect, it } from 'vitest';
import {
  type HazelcastMaps,
  type HazelcastPackage,
  hazelcastMaps,
} from '../../../src/adapters/hazelcast/hazelcast-maps.ts';
import { virtualTimers } from '../../../src/adapters/virtual-timers.ts';

/** Everything that waits for nothing but promises has been done. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

class FakeJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/** What a test has in hand of the client's package: what is in the maps, how the client is, and what it logs. */
class FakeHazelcast {
  readonly values = new Map<string, unknown>();
  readonly configs: Record<string, unknown>[] = [];
  readonly timers = virtualTimers(0);
  connects = true;
  answers = true;
  isRunning = true;
  failure: Error | null = null;
  shutdowns = 0;
  loads = 0;

  readonly load = async (): Promise<HazelcastPackage> => {
    this.loads += 1;
    return { HazelcastJsonValue: FakeJson, Client: { newHazelcastClient: (config) => this.client(config) } };
  };

  maps(): HazelcastMaps {
    const settings = { wantedBy: 'sinks.hazelcast', cluster: 'dev', members: ['127.0.0.1:5701'] };
    return hazelcastMaps(settings, { timers: this.timers, load: this.load });
  }

  /** Speaks to the newest client's listeners. */
  state(state: string): void {
    const [listener] = (this.configs.at(-1)?.['lifecycleListeners'] ?? []) as ((state: string) => void)[];
    listener?.(state);
  }

  logs(part: string, message: string): void {
    const logger = this.configs.at(-1)?.['customLogger'] as { warn(part: string, message: string): void };
    logger.warn(part, message);
  }

  private async client(config: object) {
    if (this.failure !== null) throw this.failure;
    this.configs.push(config as Record<string, unknown>);
    this.isRunning = true;
    if (this.connects) this.state('CONNECTED');
    const never = new Promise<never>(() => undefined);
    return {
      getLifecycleService: () => ({ isRunning: () => this.isRunning }),
      shutdown: async () => {
        this.shutdowns += 1;
      },
      getMap: async (name: string) => ({
        get: (key: string) => (this.answers ? this.read(`${name}/${key}`) : never),
        set: async (key: string, value: object) => {
          if (this.failure !== null) throw this.failure;
          this.values.set(`${name}/${key}`, value);
        },
      }),
    };
  }

  private async read(key: string): Promise<unknown> {
    if (this.failure !== null) throw this.failure;
    return this.values.get(key) ?? null;
  }
}

describe('a map', () => {
  it('gives JSON values and strings as their text, other values as JSON, and nothing as null', async () => {
    const cluster = new FakeHazelcast();
    const map = cluster.maps().map('features');
    cluster.values.set('features/json', new FakeJson('{"a": 1}'));
    cluster.values.set('features/string', '{"b": 2}');
    cluster.values.set('features/number', 7);

    expect(await map.get('json')).toEqual({ ok: true, value: '{"a": 1}' });
    expect(await map.get('string')).toEqual({ ok: true, value: '{"b": 2}' });
    expect(await map.get('number')).toEqual({ ok: true, value: '7' });
    expect(await map.get('nothing')).toEqual({ ok: true, value: null });
  });

  it('puts text as a JSON value, and shares one client with every other map', async () => {
    const cluster = new FakeHazelcast();
    const maps = cluster.maps();
    await Promise.all([maps.map('a').set('key', '{"n":1}'), maps.map('b').get('key')]);
    await maps.map('a').get('key');

    expect(cluster.values.get('a/key')).toEqual(new FakeJson('{"n":1}'));
    expect(cluster.configs).toHaveLength(1);
    expect(cluster.configs[0]).toMatchObject({
      clusterName: 'dev',
      network: { clusterMembers: ['127.0.0.1:5701'] },
      connectionStrategy: { asyncStart: true, reconnectMode: 'ASYNC' },
    });
  });

  it('imports nothing before the first call', () => {
    const cluster = new FakeHazelcast();
    cluster.maps().map('features');

    expect(cluster.loads).toBe(0);
  });
});

describe('a cluster that cannot be reached', () => {
  it('ends a call after five seconds, with what its client said of it, not of its waiting', async () => {
    const cluster = new FakeHazelcast();
    cluster.connects = false;
    const answer = cluster.maps().map('features').get('key');
    await settled();
    cluster.logs('ConnectionManager', 'connect\nECONNREFUSED');
    cluster.logs('WaitStrategy', 'retry in 500 ms');
    cluster.timers.advance(5_000);

    expect(await answer).toEqual({
      ok: false,
      error:
        'Hazelcast (cluster dev at 127.0.0.1:5701) did not answer get features/key within 5 s; its client said last: connect ECONNREFUSED',
    });
  });

  it('is waited for within a call, and after it was lost, with the same client', async () => {
    const cluster = new FakeHazelcast();
    cluster.connects = false;
    const map = cluster.maps().map('features');
    const first = map.get('key');
    await settled();
    cluster.state('CONNECTED');
    expect(await first).toEqual({ ok: true, value: null });

    cluster.state('DISCONNECTED');
    const second = map.get('key');
    await settled();
    cluster.timers.advance(4_999);
    cluster.state('CONNECTED');

    expect(await second).toEqual({ ok: true, value: null });
    expect(cluster.configs).toHaveLength(1);
  });

  it('gets a new client where the one before has ended', async () => {
    const cluster = new FakeHazelcast();
    const map = cluster.maps().map('features');
    await map.get('key');
    cluster.isRunning = false;
    await Promise.all([map.get('key'), map.get('key')]);

    expect(cluster.configs).toHaveLength(2);
  });

  it('gets a new client after one that could not be made', async () => {
    const cluster = new FakeHazelcast();
    const map = cluster.maps().map('features');
    cluster.failure = new Error('no such config');
    expect(await map.get('key')).toMatchObject({
      ok: false,
      error: expect.stringContaining('no such config'),
    });
    cluster.failure = null;

    expect(await map.get('key')).toEqual({ ok: true, value: null });
  });

  it('ends a call that is not answered, and says how one failed in one line', async () => {
    const cluster = new FakeHazelcast();
    const map = cluster.maps().map('features');
    await map.get('key');
    cluster.failure = new Error(`target\n${'x'.repeat(1_000)}`);
    const failed = await map.set('key', '{}');
    expect(failed.ok ? '' : failed.error).toMatch(/failed at set features\/key: target x{1,200}$/);

    cluster.failure = null;
    cluster.answers = false;
    const answer = map.get('key');
    await settled();
    cluster.timers.advance(5_000);

    expect(await answer).toMatchObject({ ok: false, error: expect.stringContaining('did not answer') });
  });
});

describe('closing', () => {
  it('ends the client, and refuses what is asked afterwards', async () => {
    const cluster = new FakeHazelcast();
    const maps = cluster.maps();
    await maps.map('features').get('key');
    await maps.close();

    expect(cluster.shutdowns).toBe(1);
    expect(await maps.map('features').get('key')).toMatchObject({ ok: false });
    expect(cluster.configs).toHaveLength(1);
  });

  it('begins no client anew for a call that was under way', async () => {
    const cluster = new FakeHazelcast();
    const maps = cluster.maps();
    await maps.map('features').get('key');
    cluster.isRunning = false;
    const answer = maps.map('features').get('key');
    await maps.close();

    expect(await answer).toMatchObject({ ok: false, error: expect.stringContaining('was closed') });
    expect(cluster.configs).toHaveLength(1);
  });

  it('does nothing where nothing was opened', async () => {
    const cluster = new FakeHazelcast();
    await cluster.maps().close();

    expect(cluster.loads).toBe(0);
  });
});
