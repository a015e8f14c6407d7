// A signal that comes while a runner begins: it is heard, and ends nothing in the middle.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { begin, type Life, settings } from './kill/lives.ts';

it('is heard while the venue is asked, whose answer then says how the runner ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warden-signal-'));
  let life: Life | null = null;
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    if (asked === 1) life?.child.kill('SIGTERM');
    response.writeHead(500).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  settings({ folder, venue: `  environment: demo\n  rest_urls: ['http://127.0.0.1:${port}']` });
  const env = { BINGX_API_KEY: 'a-key-of-a-test', BINGX_API_SECRET: 'a-secret-of-a-test' };

  life = begin({ folder, env });
  const [code, signal] = await once(life.child, 'exit');
  server.close();
  rmSync(folder, { recursive: true, force: true });

  expect(asked).toBeGreaterThan(0);
  expect([code, signal]).toEqual([11, null]);
});
