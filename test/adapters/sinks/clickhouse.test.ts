// The sink into ClickHouse: tables out of schemas, exact amounts, batches that may come twice, and one sentence for all that goes wrong.

import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clickhouseSink } from '../../../src/adapters/sinks/clickhouse.ts';
import { systemTimers } from '../../../src/adapters/system-timers.ts';
import { type VirtualTimers, virtualTimers } from '../../../src/adapters/virtual-timers.ts';
import type { SinkRow } from '../../../src/domain/sink-row.ts';
import type { Sink, Timers } from '../../../src/ports.ts';
import { type Asked, exception, type FakeClickHouse, fakeClickHouse } from './clickhouse-server.ts';
import { SINK_TABLES } from './recorded.ts';

const ENV = { PINK_CLICKHOUSE_USER: 'pink', PINK_CLICKHOUSE_PASSWORD: 'se/cret' };

let server: FakeClickHouse;
let sink: Sink;

async function open(timers: Timers = systemTimers(), path = ''): Promise<Sink> {
  return await openAt(`${server.url}${path}`, timers);
}

async function openAt(url: string, timers: Timers): Promise<Sink> {
  const opened = await clickhouseSink({ url, database: 'pink' }, { timers, env: ENV });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

beforeEach(async () => {
  server = await fakeClickHouse();
  sink = await open();
});

afterEach(async () => {
  await sink.close();
  await server.close();
});

function posting(seq: number, amount = '-0.1'): SinkRow {
  return {
    table: 'postings',
    instance: 'pink',
    run: 'r1',
    seq,
    part: 0,
    at: '2026-11-21T10:00:00.123Z',
    posting_id: `p${seq}`,
    account: 'realized',
    amount,
    trade_id: null,
    provenance: 'BOOKED',
  };
}

function router(seq: number): SinkRow {
  return {
    table: 'router',
    instance: 'pink',
    run: 'r1',
    seq,
    part: 1,
    at: '2026-11-21T10:00:00.123Z',
    event: 'working',
    slot: 0,
    trade_id: 't1',
    client_order_id: null,
    reason: '{"quoted": "\\n"}',
  };
}

function inserts(): readonly Asked[] {
  return server.asked.filter(({ query }) => query.startsWith('INSERT'));
}

async function failure(): Promise<string> {
  const done = await sink.write([posting(1)]);
  expect(done.ok).toBe(false);
  return done.ok ? '' : done.error;
}

describe('its tables', () => {
  it('are made where they are missing, one for each kind of row, under the key of the rows', async () => {
    await sink.write([posting(1)]);
    const made = server.asked.map(({ query }) => query).filter((query) => query.startsWith('CREATE'));

    expect(made[0]).toBe('CREATE DATABASE IF NOT EXISTS `pink`');
    expect([...server.tables.keys()]).toEqual(SINK_TABLES);
    for (const query of made.slice(1))
      expect(query).toMatch(
        / ENGINE = ReplacingMergeTree ORDER BY \(instance, run, seq, part\) SETTINGS non_replicated_deduplication_window = 1000$/,
      );
    expect(Object.fromEntries(server.tables.get('fills') ?? [])).toMatchObject({
      instance: 'String',
      seq: 'UInt64',
      at: "DateTime64(3, 'UTC')",
      venue_at: "Nullable(DateTime64(3, 'UTC'))",
      trade_id: 'Nullable(String)',
      quantity: 'Decimal(38, 12)',
      price: 'Nullable(Decimal(38, 12))',
      is_maker: 'Nullable(UInt8)',
      is_late: 'UInt8',
    });
    expect(server.tables.get('daily_pnl')?.get('day')).toBe('Date');
    expect(server.tables.get('steps')?.has('table')).toBe(false);
  });

  it('are asked for once, and nothing is made where all are there', async () => {
    await sink.write([posting(1)]);
    const again = await open();
    server.asked.length = 0;
    await again.write([posting(2)]);
    await again.write([posting(3)]);
    await again.close();

    expect(server.asked.map(({ query }) => query.split(' ', 2).join(' '))).toEqual([
      'SELECT version()',
      'SELECT table,',
      'INSERT INTO',
      'INSERT INTO',
    ]);
  });

  it('get a column that they lack', async () => {
    await sink.write([posting(1)]);
    server.tables.get('fills')?.delete('price');
    const again = await open();
    await again.write([posting(2)]);
    await again.close();

    expect(server.asked.map(({ query }) => query)).toContain(
      'ALTER TABLE `pink`.`fills` ADD COLUMN `price` Nullable(Decimal(38, 12))',
    );
  });

  it('of somebody else are left alone, and said to be', async () => {
    server.tables.set('steps', new Map([['id', 'UInt64']]));

    expect(await failure()).toMatch(
      /the table pink\.steps has no column instance, run, seq, part, .* rename it/,
    );
    expect(server.asked.some(({ query }) => /^(CREATE TABLE|ALTER|INSERT)/.test(query))).toBe(false);
  });

  it('are those that an old server understands', async () => {
    server.version = '18.16.1';
    await sink.write([posting(1)]);

    expect(server.tables.get('steps')?.get('at')).toBe("DateTime('UTC')");
    expect(server.asked.some(({ query }) => query.includes('deduplication'))).toBe(false);
    expect(inserts()[0]?.settings).not.toHaveProperty('insert_deduplication_token');
  });

  it('are looked at again after a failure: somebody may have dropped one', async () => {
    await sink.write([posting(1)]);
    server.misbehave = (asked, response) =>
      asked.query.startsWith('INSERT') &&
      exception(response, 60, 'UNKNOWN_TABLE', 'Table pink.postings does not exist');
    expect(await failure()).toContain(
      'failed at rows of postings: code 60: Table pink.postings does not exist',
    );
    server.misbehave = () => false;
    server.tables.delete('postings');

    expect(await sink.write([posting(1)])).toMatchObject({ ok: true });
    expect(server.tables.has('postings')).toBe(true);
  });
});

describe('rows', () => {
  it('go out as JSON by table, amounts with every digit, as the user of the environment', async () => {
    await sink.write([posting(1, '12345678901234567890.00000001'), router(1), posting(2)]);
    const [first, second] = inserts();

    expect(inserts().map(({ query }) => query)).toEqual([
      'INSERT INTO `pink`.`postings` FORMAT JSONEachRow',
      'INSERT INTO `pink`.`router` FORMAT JSONEachRow',
    ]);
    expect(first?.lines[0]).toContain('"at":"2026-11-21T10:00:00.123Z"');
    expect(first?.lines[0]).toContain('"amount":12345678901234567890.00000001,');
    expect(first?.lines).toHaveLength(2);
    expect(JSON.parse(second?.lines[0] ?? '')).toMatchObject({
      reason: '{"quoted": "\\n"}',
      client_order_id: null,
    });
    expect(first).toMatchObject({ user: 'pink', password: 'se/cret' });
    expect(first?.settings).toMatchObject({ date_time_input_format: 'best_effort', wait_end_of_query: '1' });
  });

  it('go out without halves of characters: a server refuses them, and all rows that come with them', async () => {
    await sink.write([
      { ...router(1), reason: 'cut in \ud83d', trade_id: '\ude00 and \ud83d\ude00' } as SinkRow,
    ]);

    expect(JSON.parse(inserts()[0]?.lines[0] ?? '')).toMatchObject({
      reason: 'cut in \ufffd',
      trade_id: '\ufffd and \ud83d\ude00',
    });
  });

  it('that come twice carry the same token, and others another', async () => {
    await sink.write([posting(1), posting(2)]);
    await sink.write([posting(1), posting(2)]);
    await sink.write([posting(1), posting(3)]);
    const tokens = inserts().map(({ settings }) => settings['insert_deduplication_token']);

    expect(tokens[0]).toBe('pink:postings:r1.1.0-r1.2.0');
    expect(tokens[1]).toBe(tokens[0]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });

  it('reach a server behind a path', async () => {
    const behind = await open(systemTimers(), '/clickhouse');
    await behind.write([posting(1)]);
    await behind.close();

    expect(new Set(server.asked.map(({ path }) => path))).toEqual(new Set(['/clickhouse']));
  });
});

describe('what goes wrong is one sentence', () => {
  const answers: readonly [string, (response: ServerResponse) => true, RegExp][] = [
    [
      'a wrong password',
      (response) => exception(response, 516, 'AUTHENTICATION_FAILED', 'pink: Authentication failed'),
      /code 516: pink: Authentication failed.*; give PINK_CLICKHOUSE_USER and PINK_CLICKHOUSE_PASSWORD/,
    ],
    [
      'a password that the server repeats',
      (response) => exception(response, 36, 'BAD_ARGUMENTS', 'no such thing as se/cret'),
      /code 36: no such thing as \*\*\*/,
    ],
    [
      'an error page of a proxy',
      (response) => {
        response.statusCode = 502;
        response.end(`<html>\r\n${'x'.repeat(5_000)}</html>`);
        return true;
      },
      /failed at the question for its tables: <html> x{1,300}$/,
    ],
    [
      'an answer that breaks off',
      (response) => {
        response.setHeader('Content-Length', '1000');
        response.write('{"name":');
        setImmediate(() => response.destroy());
        return true;
      },
      /failed at the question for its tables: /,
    ],
    [
      'an answer that is no JSON',
      (response) => {
        response.end('hello\n');
        return true;
      },
      /failed at the question for its tables: /,
    ],
    [
      'an answer without the columns',
      (response) => {
        response.end('{"a":1}\n');
        return true;
      },
      /an answer without the columns that were asked for/,
    ],
  ];

  it.each(answers)('%s', async (_case, answer, said) => {
    server.misbehave = (_asked, response) => answer(response);
    const sentence = await failure();

    expect(sentence).toMatch(said);
    expect(sentence).toContain(`ClickHouse at ${server.url} failed`);
    expect(sentence).not.toMatch(/se\/cret|[\n\r]/);
  });

  it('an insert whose answer breaks off is not taken for done', async () => {
    server.misbehave = (asked, response) => {
      if (!asked.query.startsWith('INSERT')) return false;
      response.setHeader('Content-Length', '10');
      response.write('x');
      setImmediate(() => response.destroy());
      return true;
    };

    expect(await failure()).toContain('failed at rows of postings');
  });

  it('nobody there', async () => {
    await sink.close();
    sink = await openAt('http://127.0.0.1:1', systemTimers());
    expect(await failure()).toContain('ECONNREFUSED');
  });

  it('an answer that does not come', async () => {
    const timers: VirtualTimers = virtualTimers(0);
    await sink.close();
    sink = await open(timers);
    const asked = new Promise<void>((resolve) => {
      server.misbehave = () => {
        resolve();
        return true;
      };
    });
    const done = sink.write([posting(1)]);
    await asked;
    timers.advance(10_000);

    expect(await done).toEqual({
      ok: false,
      error: `ClickHouse at ${server.url} did not answer the question for its tables within 10 s`,
    });
    expect(timers.nextMs()).toBeNull();
  });
});

describe('a server that is slow, and answers', () => {
  it('is caught up with: each request has ten seconds of its own', async () => {
    const timers: VirtualTimers = virtualTimers(0);
    await sink.close();
    sink = await open(timers);
    server.misbehave = () => {
      timers.advance(9_000);
      return false;
    };

    expect(await sink.write([posting(1), posting(2)])).toEqual({ ok: true, value: undefined });
    expect(timers.nowMs()).toBeGreaterThan(20_000);
  });
});

describe('opening', () => {
  it('signs in as the default user where the variable is empty, as the example of the service has it', async () => {
    const env = { PINK_CLICKHOUSE_USER: '', PINK_CLICKHOUSE_PASSWORD: '' };
    const opened = await clickhouseSink(
      { url: server.url, database: 'pink' },
      { timers: systemTimers(), env },
    );
    if (!opened.ok) throw new Error(opened.error);
    await opened.value.write([posting(1)]);
    await opened.value.close();

    expect(new Set(server.asked.map(({ user }) => user))).toEqual(new Set(['default']));
  });

  it.each(['http://pink:secret@127.0.0.1:8123', 'http://127.0.0.1:8123/?password=secret'])(
    'refuses an address that is more than that, and does not repeat it: %s',
    async (url) => {
      const opened = await clickhouseSink({ url, database: 'pink' }, { timers: virtualTimers(0), env: {} });

      expect(opened).toMatchObject({ ok: false, error: expect.stringContaining('PINK_CLICKHOUSE_PASSWORD') });
      expect(JSON.stringify(opened)).not.toContain('secret');
    },
  );

  it('says how to install its client where that is absent', async () => {
    const load = () =>
      Promise.reject(
        Object.assign(new Error("Cannot find package '@clickhouse/client'"), {
          code: 'ERR_MODULE_NOT_FOUND',
        }),
      );
    const settings = { url: server.url, database: 'pink' };

    expect(await clickhouseSink(settings, { timers: virtualTimers(0), env: {}, load })).toMatchObject({
      ok: false,
      error: expect.stringContaining('sinks.clickhouse needs the package @clickhouse/client@'),
    });
  });
});
