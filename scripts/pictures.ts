// Makes every picture of docs/pictures that is a photograph of something; those that are drawn by hand are the .svg files beside them.
//
// One browser and one version give the same bytes. `--candles FOLDER` takes the backtest as well, whose candles are in no repository;
// `--demo FOLDER` takes the pages of a demo that has run, in place of one that runs now; `--out FOLDER` writes elsewhere.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { takeBacktest } from './pictures/backtest.ts';
import { openCamera } from './pictures/camera.ts';
import { takeDemo } from './pictures/demo.ts';
import { takeDoctor } from './pictures/doctor.ts';
import { takeStatus } from './pictures/status.ts';

const ROOT = resolve(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(ROOT, 'docs/pictures') },
    demo: { type: 'string' },
    candles: { type: 'string' },
  },
});

const made = mkdtempSync(join(tmpdir(), 'warden-pictures-'));
try {
  const demo = values.demo ?? join(made, 'demo');
  if (values.demo === undefined) runDemo(demo);
  const camera = await openCamera(values.out);
  try {
    await takeDemo(camera, demo);
    await takeStatus(camera);
    await takeDoctor(camera);
    if (values.candles === undefined) console.log('backtest-desktop.png stays: no --candles FOLDER');
    else await takeBacktest(camera, ROOT, values.candles);
  } finally {
    await camera.close();
  }
} finally {
  rmSync(made, { recursive: true, force: true });
}

function runDemo(folder: string): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'dist/cli.js'), 'demo', '--keep', folder], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`the demo ended with ${status}`);
}
