// The picture of a backtest: its status page when it is over, from a folder of candles that are not part of the repository.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Camera } from './camera.ts';

/** Plays the candle files of a folder, and takes the page that the command serves. */
export async function takeBacktest(camera: Camera, root: string, candles: string): Promise<void> {
  const command = [join(root, 'dist/cli.js'), 'kernel', 'backtest', candles, '--serve', '0'];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'inherit', 'pipe'] });
  try {
    await camera.take({
      ...{ name: 'backtest-desktop.png', width: 1440, height: 1100, theme: 'light' },
      ...{ page: { url: await addressIn(child.stderr) }, drawn: 'main[data-ready="true"]' },
    });
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGINT');
    await gone;
  }
}

/** Resolves when the run is over and its page is there. */
async function addressIn(stderr: AsyncIterable<unknown>): Promise<string> {
  let said = '';
  for await (const part of stderr) {
    said += String(part);
    const [address] = /http:\/\/127\.0\.0\.1:\d+\//.exec(said) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`the backtest ended without a page: ${said}`);
}
