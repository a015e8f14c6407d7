// Makes docs/pictures/backtest-*.png: the status page of a backtest over candle files, in the browser of this machine.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { launch } from '../test/browser/browser.ts';

const ROOT = resolve(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { out: { type: 'string', default: join(ROOT, 'docs/pictures') } },
});
const [candles] = positionals;
if (candles === undefined) throw new Error('usage: npm run backtest:picture -- <folder of candles>');

const cli = join(ROOT, 'dist/cli.js');
const child = spawn(process.execPath, [cli, 'kernel', 'backtest', candles, '--serve', '0'], {
  stdio: ['ignore', 'inherit', 'pipe'],
});
try {
  const address = await addressOf();
  const browser = await launch();
  for (const [name, width, height] of [
    ['desktop', 1440, 1100],
    ['phone', 390, 844],
  ] as const) {
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: 1,
      timezoneId: 'UTC',
    });
    await page.goto(address);
    await page.locator('main[data-ready="true"]').waitFor();
    const path = join(values.out, `backtest-${name}.png`);
    await page.screenshot({ path });
    console.log(path);
  }
  await browser.close();
} finally {
  const gone = once(child, 'exit');
  child.kill('SIGINT');
  await gone;
}

/** Resolves when the run is over and its page is there. */
async function addressOf(): Promise<string> {
  let said = '';
  for await (const part of child.stderr) {
    process.stderr.write(part);
    said += String(part);
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error('the backtest ended without a page');
}
