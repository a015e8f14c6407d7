// The sink into ClickHouse: tables that are made where they are missing, and rows that come twice without being counted twice.

import type { ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { LosslessNumber, stringify } from 'lossless-json';
import { err, ok, type Result } from '../../domain/result.ts';
import type { SinkRow, SinkTable } from '../../domain/sink-row.ts';
import type { Sink, Timers } from '../../ports.ts';
import { givenVariable } from '../github/given-variable.ts';
import { loadOptional } from '../optional-package.ts';
import {
  columnsOf,
  createTable,
  type Dialect,
  decimalsOf,
  dialectOf,
  quoted,
  ROW_KEY,
} from './clickhouse-tables.ts';

const REQUEST_TIMEOUT_MS = 10_000;
const REASON_CHARS_MAX = 300;

/** ClickHouse's codes for: unknown user, wrong password, password required, authentication failed. */
const LOGIN_CODES = new Set(['192', '193', '194', '516']);

interface ClickHousePackage {
  readonly createClient: typeof createClient;
  readonly ClickHouseLogLevel: typeof ClickHouseLogLevel;
}

interface Parts {
  readonly timers: Timers;
  /** `PINK_CLICKHOUSE_USER` and `PINK_CLICKHOUSE_PASSWORD`; without them the server's default user. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Imports the client's package; default: the one that is installed. */
  readonly load?: () => Promise<ClickHousePackage>;
}

/** A refusal in our own words, or in those of the server. */
class Refusal extends Error {
  override readonly name = 'Refusal';
}

/**
 * Opens the sink; asks no server yet.
 *
 * @returns the sink, or what is wrong with its settings, or how to install the client.
 */
export async function clickhouseSink(
  settings: { readonly url: string; readonly database: string },
  parts: Parts,
): Promise<Result<Sink, string>> {
  const url = new URL(settings.url);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return err(
      'sinks.clickhouse.url: is more than an address; give user and password as PINK_CLICKHOUSE_USER and PINK_CLICKHOUSE_PASSWORD, and nothing after the path',
    );
  const loaded = await loadOptional(
    '@clickhouse/client',
    'sinks.clickhouse',
    parts.load ?? (() => import('@clickhouse/client')),
  );
  if (!loaded.ok) return loaded;
  const password = parts.env['PINK_CLICKHOUSE_PASSWORD'] ?? '';
  const client = loaded.value.createClient({
    url: url.origin,
    ...(url.pathname === '/' ? {} : { pathname: url.pathname }),
    username: givenVariable(parts.env, 'PINK_CLICKHOUSE_USER') ?? 'default',
    password,
    request_timeout: REQUEST_TIMEOUT_MS,
    application: 'warden',
    log: { level: loaded.value.ClickHouseLogLevel.OFF },
    json: { parse: JSON.parse, stringify: (value) => stringify(value) ?? 'null' },
    // A server answers 200 at once and fails afterwards, unless it is told to wait for the end.
    clickhouse_settings: { date_time_input_format: 'best_effort', wait_end_of_query: 1 },
  });
  return ok(
    sinkOf(
      { client, database: settings.database, place: `ClickHouse at ${url.origin}`, password },
      parts.timers,
    ),
  );
}

interface Server {
  readonly client: ClickHouseClient;
  readonly database: string;
  readonly place: string;
  readonly password: string;
}

function sinkOf(server: Server, timers: Timers): Sink {
  const decimals = decimalsOf();
  let prepared: Dialect | null = null;
  return {
    name: 'clickhouse',
    write: async (rows) => {
      const deadline = deadlineOf(timers);
      let what = 'the question for its tables';
      try {
        prepared ??= await prepare(server, deadline);
        for (const [table, some] of byTable(rows)) {
          what = `rows of ${table}`;
          await insert(server, table, some, { dialect: prepared, decimals, deadline });
        }
        return ok(undefined);
      } catch (error) {
        // Somebody may have dropped or changed a table: they are looked at again before the next rows.
        prepared = null;
        if (deadline.isOver())
          return err(`${server.place} did not answer ${what} within ${REQUEST_TIMEOUT_MS / 1000} s`);
        return err(sentence(server, what, error));
      } finally {
        deadline.end();
      }
    },
    close: () => server.client.close(),
  };
}

/** What each request of one write may take: a server that is slow, and answers, is caught up with. */
interface Deadline {
  /** Begins anew, for the next request. */
  next(): AbortSignal;
  isOver(): boolean;
  end(): void;
}

function deadlineOf(timers: Timers): Deadline {
  const controller = new AbortController();
  let callOff: () => void = () => undefined;
  return {
    next() {
      callOff();
      callOff = timers.after(REQUEST_TIMEOUT_MS, () => controller.abort());
      return controller.signal;
    },
    isOver: () => controller.signal.aborted,
    end: () => callOff(),
  };
}

/** Makes what is missing: the database, tables, columns. A user who may only insert is asked for nothing more where all are there. */
async function prepare(server: Server, deadline: Deadline): Promise<Dialect> {
  const { client, database } = server;
  const run = (query: string) => client.command({ query, abort_signal: deadline.next() });
  const version = await select(client, 'SELECT version() AS name, version() AS table', deadline.next());
  const dialect = dialectOf(version[0]?.name ?? '');
  const there = await select(
    client,
    `SELECT table, name FROM system.columns WHERE database = '${database}'`,
    deadline.next(),
  );
  if (there.length === 0) await run(`CREATE DATABASE IF NOT EXISTS ${quoted(database)}`);
  for (const [table, columns] of columnsOf(dialect)) {
    const names = new Set(there.filter((row) => row.table === table).map(({ name }) => name));
    if (names.size === 0) {
      await run(createTable(database, table, columns, dialect));
      continue;
    }
    const lost = ROW_KEY.filter((name) => !names.has(name));
    if (lost.length > 0)
      throw new Refusal(
        `the table ${database}.${table} has no column ${lost.join(', ')}, so it is not one of these; rename it, or give sinks.clickhouse.database another name`,
      );
    for (const { name, type } of columns)
      if (!names.has(name))
        await run(`ALTER TABLE ${quoted(database)}.${quoted(table)} ADD COLUMN ${quoted(name)} ${type}`);
  }
  return dialect;
}

interface Named {
  readonly table: string;
  readonly name: string;
}

async function select(
  client: ClickHouseClient,
  query: string,
  signal: AbortSignal,
): Promise<readonly Named[]> {
  const answer = await client.query({ query, format: 'JSONEachRow', abort_signal: signal });
  const rows: unknown = await answer.json();
  if (!Array.isArray(rows)) throw new Refusal('an answer that is no list of rows');
  return rows.map((row: unknown) => {
    if (typeof row === 'object' && row !== null && 'table' in row && 'name' in row)
      return { table: String(row.table), name: String(row.name) };
    throw new Refusal('an answer without the columns that were asked for');
  });
}

async function insert(
  { client, database }: Server,
  table: SinkTable,
  rows: readonly SinkRow[],
  how: {
    readonly dialect: Dialect;
    readonly decimals: ReadonlyMap<SinkTable, ReadonlySet<string>>;
    readonly deadline: Deadline;
  },
): Promise<void> {
  const exact = how.decimals.get(table) ?? new Set();
  await client.insert({
    table: `${quoted(database)}.${quoted(table)}`,
    values: rows.map((row) => rowOut(row, exact)),
    format: 'JSONEachRow',
    abort_signal: how.deadline.next(),
    ...(how.dialect.hasTokens
      ? { clickhouse_settings: { insert_deduplicate: 1, insert_deduplication_token: tokenOf(table, rows) } }
      : {}),
  });
}

/** The row as it goes out, so that servers of every version read it. */
function rowOut(row: SinkRow, exact: ReadonlySet<string>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== 'table')
      .map(([name, value]) => [name, typeof value === 'string' ? textOut(value, exact.has(name)) : value]),
  );
}

/** Amounts as bare numbers with all their digits; half a character in the words of somebody, which a server refuses, as `�`. */
function textOut(text: string, isAmount: boolean): unknown {
  return isAmount ? new LosslessNumber(text) : text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

/** Names a batch by its ends: rows follow from the journal, so that the same ends are the same rows. */
function tokenOf(table: SinkTable, rows: readonly SinkRow[]): string {
  const ends = [rows[0], rows.at(-1)].map((row) => `${row?.run}.${row?.seq}.${row?.part}`);
  return `${rows[0]?.instance}:${table}:${ends.join('-')}`;
}

function byTable(rows: readonly SinkRow[]): ReadonlyMap<SinkTable, readonly SinkRow[]> {
  const tables = new Map<SinkTable, SinkRow[]>();
  for (const row of rows) {
    const some = tables.get(row.table);
    if (some === undefined) tables.set(row.table, [row]);
    else some.push(row);
  }
  return tables;
}

/** What went wrong in one line of bounded length, with the next step where a person has to take one, and without the password. */
function sentence({ place, password }: Server, what: string, error: unknown): string {
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const secretless = password === '' ? said : said.replaceAll(password, '***');
  const brief = secretless.replace(/\p{Cc}+/gu, ' ').slice(0, REASON_CHARS_MAX);
  const next = LOGIN_CODES.has(code)
    ? '; give PINK_CLICKHOUSE_USER and PINK_CLICKHOUSE_PASSWORD of a user who may log in'
    : '';
  return `${place} failed at ${what}: ${code === '' || brief.includes(code) ? '' : `code ${code}: `}${brief}${next}`;
}

/** ClickHouse's own number, or that of the connection as `ECONNREFUSED`; old servers say theirs in the text alone. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /^Code: (\d+)/.exec(error.message)?.[1] ?? '';
}
