// The built `warden exchange` as a real child process: it answers over HTTP, and every signal that ends programs ends it.

import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../dist/cli.js');

const KEYS = {
  PATH: process.env['PATH'] ?? '',
  EXCHANGE_API_KEY: 'k'.repeat(16),
  EXCHANGE_API_SECRET: 's'.repeat(32),
};

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

  it('is enough for a dry run of the runner, which ends by itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'warden-dry-run-'));
    const child = spawn(process.execPath, [PROGRAM, 'exchange', '--json'], { cwd: folder, env: KEYS });
    onTestFinished(() => {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    const opened = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk) => resolve(String(chunk))),
    );
    const url = /http:[^"]+/.exec(opened)?.[0] ?? '';
    writeFileSync(
      join(folder, 'pink.yaml'),
      'version: 1\nvenue: { environment: demo, symbols: [BTC-USDT], margin_asset: USDT }\n',
    );
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [PROGRAM, 'kernel', 'run', '--dry-run', '--config', '.'],
      {
        cwd: folder,
        env: {
          ...KEYS,
          BINGX_REST_URL: url,
          BINGX_API_KEY: 'k'.repeat(16),
          BINGX_API_SECRET: 's'.repeat(32),
        },
      },
    );
    expect(stdout).toContain('kernel run would begin: demo');
  }, 20_000);
});
