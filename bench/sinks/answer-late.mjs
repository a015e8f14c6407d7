// A server that answers as ClickHouse does, and each request only after so many milliseconds: one that is drowning.
import { createServer } from 'node:http';

const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) if (body.length < 1_000) body += part;
  const answer = body.includes('version()') ? '{"name":"25.8.1.1","table":"25.8.1.1"}\n' : '';
  setTimeout(() => response.end(answer), Number(process.argv[2]));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
