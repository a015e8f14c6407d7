// The built `warden exchange` as a real child process: it answers over HTTP, and every signal that ends programs ends it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../dist/cli.js');

beforeAll(() => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; run \`npm run build\` first`);
});

describe('the exchange', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'serves until %s, and then ends at once and well',
    async (signal) => {
      const child = spawn(process.execPath, [PROGRAM, 'exchange'], {
        cwd: tmpdir(),
        env: { PATH: process.env['PATH'] ?? '' },
      });
      onTestFinished(() => {
        child.kill('SIGKILL');
      });
      let said = '';
      const started = new Promise<string>((resolve) =>
        child.stdout.on('data', (chunk) => {
          said += String(chunk);
          const url = /REST +(http\S+)/.exec(said)?.[1];
          if (url !== undefined && said.includes('Ctrl-C')) resolve(url);
        }),
      );
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      const url = await started;
      const answer = await fetch(`${url}/openApi/swap/v2/quote/ticker?symbol=BTC-USDT`);
      expect(await answer.json()).toMatchObject({ code: 0, data: { symbol: 'BTC-USDT' } });

      child.kill(signal);
      expect(await ended).toBe(0);
      expect(said).toContain('stopped after 1 requests');
    },
    20_000,
  );
});
