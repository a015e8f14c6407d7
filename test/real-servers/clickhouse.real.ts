// The ClickHouse sink at a real ClickHouse: every row of a journal once, with every digit, whatever came twice or was killed.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseSink } from '../../src/adapters/sinks/clickhouse.ts';
import { decimalsOf } from '../../src/adapters/sinks/clickhouse-tables.ts';
import { systemTimers } from '../../src/adapters/system-timers.ts';
import type { SinkRow } from '../../src/domain/sink-row.ts';
import type { Sink } from '../../src/ports.ts';
import { recorded, rowsOf, SINK_TABLES } from '../adapters/sinks/recorded.ts';
import { clickhouseEngine, clickhouseServer, LOGIN, type RealClickHouse } from './clickhouse-servers.ts';

const BATCH = 500;
const JOURNALS = 60;
const SEEDS = 10;
const program = process.env['CLICKHOUSE_SERVER'] ?? '';
const servers: readonly (readonly [string, () => Promise<RealClickHouse>])[] = [
  ...(program === '' ? [] : [['the server', () => clickhouseServer(program)] as const]),
  ...(process.env['CHDB'] === '1' ? [['the engine', clickhouseEngine] as const] : []),
];

/** Journals of several kernels: each has its own name, since rows are told apart by it. */
function journals(): readonly SinkRow[] {
  return Array.from({ length: JOURNALS }, (_, at) =>
    rowsOf(recorded(1 + (at % SEEDS))).map((row) => ({ ...row, instance: `kernel-${at}` })),
  ).flat();
}

async function writeAll(sink: Sink, rows: readonly SinkRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH) {
    const done = await sink.write(rows.slice(at, at + BATCH));
    if (!done.ok) throw new Error(done.error);
  }
}

describe.each(servers)('at %s', (name, start) => {
  let server: RealClickHouse;
  let version = '';
  const rows = journals();

  const openSink = async (password: string = LOGIN.PINK_CLICKHOUSE_PASSWORD): Promise<Sink> => {
    const env = { ...LOGIN, PINK_CLICKHOUSE_PASSWORD: password };
    const opened = await clickhouseSink(
      { url: server.url, database: 'pink' },
      { timers: systemTimers(), env },
    );
    if (!opened.ok) throw new Error(opened.error);
    return opened.value;
  };
  const countOf = async (table: string, where = ''): Promise<number> =>
    Number(await server.ask(`SELECT count() FROM pink.${table} FINAL ${where} FORMAT TabSeparated`));

  beforeAll(async () => {
    server = await start();
    version = (await server.ask('SELECT version() FORMAT TabSeparated')).trim();
  });
  afterAll(() => server.close());

  it('takes every row of every table once, though all of them come twice', async () => {
    const sink = await openSink();
    const beganMs = performance.now();
    await writeAll(sink, rows);
    const tookMs = performance.now() - beganMs;
    await writeAll(sink, rows);
    await sink.close();
    console.info(
      `ClickHouse ${version} (${name}): ${rows.length} rows in batches of ${BATCH}: ${Math.round((rows.length / tookMs) * 1000)} rows/s`,
    );

    for (const table of SINK_TABLES) {
      const expected = rows.filter((row) => row.table === table).length;
      expect(expected, table).toBeGreaterThan(0);
      expect(await countOf(table), table).toBe(expected);
    }
  });

  it('gives every column but the instants back as it was', async () => {
    for (const table of SINK_TABLES) {
      const own = rows.filter((row) => row.table === table);
      const exact = decimalsOf().get(table) ?? new Set();
      const columns = Object.keys(own[0] ?? {}).filter(
        (column) => column !== 'table' && !column.endsWith('at'),
      );
      const shown = columns.map((column) =>
        exact.has(column) ? `toString(${column}) AS ${column}` : column,
      );
      const answer = await server.ask(
        `SELECT ${shown.join(', ')} FROM (SELECT ${columns.join(', ')} FROM pink.${table} FINAL ORDER BY instance, run, seq, part) FORMAT JSONEachRow`,
      );
      const found = answer
        .trim()
        .split('\n')
        .map((line) => ordered(JSON.parse(line), columns));
      const sorted = [...own].sort(byKey).map((row) => ordered(row, columns));

      expect(found, table).toEqual(sorted);
    }
  });

  it('fails in a sentence while the server is down, and catches up when it is back', async () => {
    const sink = await openSink();
    const late = rows.slice(0, BATCH).map((row) => ({ ...row, instance: `late-${row.instance}` }));
    await server.kill();
    const down = await sink.write(late);
    expect(down).toMatchObject({
      ok: false,
      error: expect.stringMatching(/^ClickHouse at http:\S+ failed at /),
    });
    await server.start();
    await writeAll(sink, late);
    await sink.close();

    const counts = await Promise.all(
      SINK_TABLES.map((table) => countOf(table, "WHERE instance LIKE 'late-%'")),
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(BATCH);
  });

  it('makes a table and a column anew that somebody dropped', async () => {
    await server.ask('DROP TABLE pink.router');
    await server.ask('ALTER TABLE pink.fills DROP COLUMN price');
    const sink = await openSink();
    await writeAll(sink, rows);
    // A server that knows the batch by its token takes none of it again, not even into a column that is new.
    await writeAll(
      sink,
      rows.map((row) => ({ ...row, instance: `again-${row.instance}` })),
    );
    await sink.close();

    expect(await countOf('router')).toBe(2 * rows.filter(({ table }) => table === 'router').length);
    expect(await countOf('fills', "WHERE price > 0 AND instance LIKE 'again-%'")).toBeGreaterThan(0);
  });

  it.runIf(name === 'the server')('says which variables to set where the password is wrong', async () => {
    const sink = await openSink('not the password');
    const done = await sink.write(rows.slice(0, 1));
    await sink.close();

    expect(done).toMatchObject({ ok: false, error: expect.stringContaining('PINK_CLICKHOUSE_PASSWORD') });
    expect(JSON.stringify(done)).not.toContain('not the password');
  });
});

function byKey(a: SinkRow, b: SinkRow): number {
  const order = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
  return order(a.instance, b.instance) || order(a.run, b.run) || a.seq - b.seq || a.part - b.part;
}

/** Values in the order of the columns and in one spelling: servers of different ages write numbers, flags and decimals in several. */
function ordered(row: Readonly<Record<string, unknown>>, columns: readonly string[]): readonly unknown[] {
  return columns.map((column) => {
    const value = row[column];
    if (value === null) return null;
    const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
    return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
  });
}
