// A server that takes every request whole and answers it after so many milliseconds: a ClickHouse that is drowning.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => setTimeout(() => response.end(), Number(process.argv[2])));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
