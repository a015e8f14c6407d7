// A ClickHouse on loopback for tests: it keeps what comes, answers as the documentation says, and as a test wants where it should not.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly query: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly user: string;
  readonly password: string;
  readonly path: string;
  /** Lines of an insert. */
  readonly lines: readonly string[];
}

/** Answers in the server's place; `false` leaves it to the server. */
export type Misbehave = (asked: Asked, response: ServerResponse) => boolean;

export interface FakeClickHouse {
  readonly url: string;
  readonly asked: Asked[];
  /** Table → column → type. */
  readonly tables: Map<string, Map<string, string>>;
  version: string;
  misbehave: Misbehave;
  close(): Promise<void>;
}

export async function fakeClickHouse(): Promise<FakeClickHouse> {
  const server = createServer((request, response) => void serve(request, response));
  const fake: FakeClickHouse = {
    url: '',
    asked: [],
    tables: new Map(),
    version: '26.7.2.1',
    misbehave: () => false,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = await askedBy(request);
    fake.asked.push(asked);
    if (fake.misbehave(asked, response)) return;
    response.end(answer(fake, asked));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(fake, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** What ClickHouse answers to what it refuses. */
export function exception(response: ServerResponse, code: number, name: string, message: string): true {
  response.statusCode = code === 516 ? 403 : 500;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.end(`Code: ${code}. DB::Exception: ${message}. (${name}) (version 26.7.2.1)\n`);
  return true;
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const { query = body, ...settings } = Object.fromEntries(searchParams);
  const login = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  const [user = '', password = ''] = login.split(':');
  const lines = query === body ? [] : body.split('\n').filter((line) => line !== '');
  return { query: query.trim(), settings, user, password, path: pathname, lines };
}

function answer(fake: FakeClickHouse, { query }: Asked): string {
  if (query.startsWith('SELECT version()'))
    return `${JSON.stringify({ name: fake.version, table: fake.version })}\n`;
  if (query.startsWith('SELECT table, name FROM system.columns'))
    return [...fake.tables]
      .flatMap(([table, columns]) => [...columns.keys()].map((name) => JSON.stringify({ table, name })))
      .map((line) => `${line}\n`)
      .join('');
  const made = /^CREATE TABLE IF NOT EXISTS `pink`\.`(\w+)` \((.*)\) ENGINE/.exec(query);
  if (made !== null)
    fake.tables.set(
      made[1] ?? '',
      new Map(
        [...(made[2] ?? '').matchAll(/`(\w+)` ([^`]+?)(?:, (?=`)|$)/g)].map(([, name = '', type = '']) => [
          name,
          type,
        ]),
      ),
    );
  const added = /^ALTER TABLE `pink`\.`(\w+)` ADD COLUMN `(\w+)` (.*)$/.exec(query);
  if (added !== null) fake.tables.get(added[1] ?? '')?.set(added[2] ?? '', added[3] ?? '');
  return '';
}
