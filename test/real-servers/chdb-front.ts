// `tsx chdb-front.ts PORT FOLDER`: the engine of the package `chdb` behind HTTP, as far as its client needs it: one query, one answer.

import { createServer, type IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';

interface Session {
  query(sql: string): string;
}

/** Not among our dependencies: it has half a gigabyte, and whoever wants this test installs it. */
const { Session: Engine } = createRequire(import.meta.url)('chdb') as {
  readonly Session: new (folder: string) => Session;
};
const [, , port = '0', folder = ''] = process.argv;
const session = new Engine(folder);

async function statementOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const { query = '', ...settings } = Object.fromEntries(
    new URL(request.url ?? '/', 'http://localhost').searchParams,
  );
  const kept = Object.entries(settings).filter(([name]) => /^(insert_|date_time_|input_)/.test(name));
  // A token is of one insert; what is set stays set in this session.
  session.query("SET insert_deduplication_token = ''");
  for (const [name, value] of kept) session.query(`SET ${name} = '${value}'`);
  return [query, body].filter((part) => part !== '').join('\n');
}

createServer((request, response) => {
  void statementOf(request)
    .then((statement) => response.end(session.query(statement)))
    .catch((error: unknown) => {
      response.statusCode = 500;
      response.end((error instanceof Error ? error.message : String(error)).replace(/^Query failed: /, ''));
    });
}).listen(Number(port), '127.0.0.1');
