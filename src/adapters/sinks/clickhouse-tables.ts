// The tables of the rows at ClickHouse, out of the rows' own schemas, so that a new field becomes a column by itself.

import { day, instant } from '../../domain/fields.ts';
import { SinkRow, type SinkTable } from '../../domain/sink-row.ts';
import { decimal } from '../../domain/supervisor-fields.ts';

/** What makes a row that comes twice the same row; its columns are in every table. */
export const ROW_KEY = ['instance', 'run', 'seq', 'part'] as const;

/** What a server of one version understands. */
export interface Dialect {
  /** Instants with milliseconds; without, they are cut to seconds. */
  readonly hasMilliseconds: boolean;
  /** Whether a batch that comes twice is dropped by its token, before its rows are merged by their key. */
  readonly hasTokens: boolean;
}

export interface Column {
  readonly name: string;
  readonly type: string;
}

interface Schema {
  readonly type?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema & { readonly const?: unknown }>>;
}

const PATTERNS = {
  decimal: plain(decimal).pattern,
  instant: plain(instant).pattern,
  day: plain(day).pattern,
};

/** @param version as the server says it: `26.7.2.1`. One that cannot be read is taken for a new one. */
export function dialectOf(version: string): Dialect {
  const [major = 99, minor = 0] = version.split('.').map(Number);
  const isAtLeast = (m: number, n: number) => Number.isNaN(major) || major > m || (major === m && minor >= n);
  return { hasMilliseconds: isAtLeast(20, 1), hasTokens: isAtLeast(22, 1) };
}

/** Returns the columns of every table, in the order of its schema. */
export function columnsOf(dialect: Dialect): ReadonlyMap<SinkTable, readonly Column[]> {
  return new Map(
    members().map(({ table, fields }) => [
      table,
      fields.map(([name, schema]) => ({ name, type: typeOf(schema, dialect) })),
    ]),
  );
}

/** Names of the columns that hold exact decimals, of every table. */
export function decimalsOf(): ReadonlyMap<SinkTable, ReadonlySet<string>> {
  return new Map(
    members().map(({ table, fields }) => [
      table,
      new Set(fields.filter(([, schema]) => bare(schema).pattern === PATTERNS.decimal).map(([name]) => name)),
    ]),
  );
}

/** Returns the statement that makes a table. Rows of one key are merged into the newest of them, in the server's own time. */
export function createTable(
  database: string,
  table: SinkTable,
  columns: readonly Column[],
  dialect: Dialect,
): string {
  const list = columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ');
  const settings = dialect.hasTokens ? ' SETTINGS non_replicated_deduplication_window = 1000' : '';
  return `CREATE TABLE IF NOT EXISTS ${quoted(database)}.${quoted(table)} (${list}) ENGINE = ReplacingMergeTree ORDER BY (${ROW_KEY.join(', ')})${settings}`;
}

/** A name as ClickHouse takes any. Ours hold no quote of this kind. */
export function quoted(name: string): string {
  return `\`${name}\``;
}

function members(): readonly {
  readonly table: SinkTable;
  readonly fields: readonly (readonly [string, Schema])[];
}[] {
  return (plain(SinkRow).anyOf ?? []).map(({ properties = {} }) => ({
    table: properties['table']?.const as SinkTable,
    fields: Object.entries(properties).filter(([name]) => name !== 'table'),
  }));
}

function typeOf(schema: Schema, dialect: Dialect): string {
  const inner = bare(schema);
  const type = plainType(inner, dialect);
  return inner === schema ? type : `Nullable(${type})`;
}

/** Steps have twelve decimals at most, and money eight, so that `Decimal(38, 12)` holds every amount to its last digit. */
function plainType({ type, pattern, minimum }: Schema, dialect: Dialect): string {
  if (type === 'integer') return minimum !== undefined && minimum >= 0 ? 'UInt64' : 'Int64';
  if (type === 'number') return 'Float64';
  if (type === 'boolean') return 'UInt8';
  if (pattern === PATTERNS.decimal) return 'Decimal(38, 12)';
  if (pattern === PATTERNS.instant)
    return dialect.hasMilliseconds ? "DateTime64(3, 'UTC')" : "DateTime('UTC')";
  return pattern === PATTERNS.day ? 'Date' : 'String';
}

/** The schema of what a field is where it is not `null`. */
function bare(schema: Schema): Schema {
  return schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;
}

/** The schema as plain data: its library's types do not say what is in it. */
function plain(schema: object): Schema {
  return schema;
}
