// `warden replay --supervise-every` as a person meets it: the diary as text and JSON, and no hindsight.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerIngest } from '../../src/cli/ingest.ts';
import { registerReplay } from '../../src/cli/replay.ts';
import { DAY_MS, HOUR_MS, isoFromMs } from '../../src/domain/time.ts';
import { hourly } from '../adapters/prices/candle-folder.ts';
import { T0 } from '../builders.ts';
import { aDisableVerdict } from '../domain/record-builders.ts';
import { runInMemory } from './memory-host.ts';

const BEFORE_DAYS = 4;
const DAYS = 3;
const SPAN = ['--from', isoFromMs(T0), '--to', isoFromMs(T0 + DAYS * DAY_MS)];

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-replay-'));
  mkdirSync(join(cwd, 'candles'));
  const closes = Array.from({ length: (BEFORE_DAYS + DAYS) * 24 }, (_, hour) => 100 + (hour % 5));
  writeFileSync(join(cwd, 'candles/BTCUSDT-spot-1h.csv'), hourly(T0 - BEFORE_DAYS * DAY_MS, closes));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function warden(...argv: string[]) {
  return await runInMemory([registerIngest, registerReplay], argv, { cwd });
}

async function ingest(): Promise<void> {
  const events = Array.from({ length: DAYS * 6 }, (_, index) =>
    JSON.stringify({
      ts: isoFromMs(T0 + index * 4 * HOUR_MS),
      agent: 'momo',
      symbol: 'BTC/USDT',
      direction: index % 2 === 0 ? 'LONG' : 'SHORT',
      strategy_class: 'macro',
    }),
  );
  writeFileSync(join(cwd, 'events.jsonl'), `${events.join('\n')}\n`);
  expect((await warden('ingest', 'events.jsonl')).exitCode).toBe(0);
}

async function replay(...argv: string[]) {
  return await warden('replay', '--prices', 'candles', ...SPAN, ...argv);
}

describe('replay --supervise-every', () => {
  beforeEach(ingest);

  it('keeps a diary of every look', async () => {
    const run = await replay('--supervise-every', '1d', '--json');

    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({
      steps: DAYS + 1,
      supervision: {
        looks: DAYS + 1,
        alerts: [],
        verdicts: [],
        agents: { momo: { alert: 0 } },
        cells: { macro: { unknown: { kill: 0, watch: 0 } } },
      },
    });
    expect(readdirSync(join(cwd, 'state/data/supervisor'))).toContain('meta_report.md');
  });

  it('shows it as sections, those without entries too', async () => {
    const { stdout } = await replay('--supervise-every', '1d');

    expect(stdout).toContain(`supervised ${DAYS + 1} times`);
    expect(stdout).toContain('alerts: none');
    expect(stdout).toContain('verdicts: none');
    expect(stdout).toMatch(/^class +regime +current +WATCH +KILL +sigma +bps/m);
    expect(stdout).toMatch(/^macro +unknown +\d/m);
  });

  it('supervises nothing where it is not asked', async () => {
    const run = await replay('--json');

    expect(run.json()).toMatchObject({ supervision: null });
    expect(readdirSync(join(cwd, 'state/data'))).not.toContain('supervisor');
  });

  it('is refused on a state whose log knows what came later, and nothing is written', async () => {
    mkdirSync(join(cwd, 'state/data/supervisor'));
    writeFileSync(
      join(cwd, 'state/data/supervisor/verdicts.jsonl'),
      `${JSON.stringify(aDisableVerdict({ ts: isoFromMs(T0 + 1) }))}\n`,
    );

    const run = await replay('--supervise-every', '1d');

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(`the state holds a verdict of ${isoFromMs(T0 + 1)}, after --from`);
    expect(run.stderr).toContain('replay into a fresh folder with --state');
    expect(readdirSync(join(cwd, 'state/data/alpha'))).toEqual(['events']);
    expect((await replay()).exitCode).toBe(0);
  });

  it('is refused with the place of what is wrong in a configuration file', async () => {
    mkdirSync(join(cwd, 'config'));
    const shipped = new URL('../../config/', import.meta.url);

    cpSync(shipped, join(cwd, 'config'), { recursive: true });
    writeFileSync(join(cwd, 'config/kill-list.yaml'), 'macro:\n  max_cvar_sigm: 4\n');

    const run = await replay('--supervise-every', '1d');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('kill-list.yaml:2:3 macro.max_cvar_sigm: unknown key');
    expect(readdirSync(join(cwd, 'state/data/alpha'))).toEqual(['events']);
  });

  it.each(['0d', '30s', 'daily'])('is no period of %s', async (period) => {
    const run = await replay('--supervise-every', period);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('Expected a duration of at least 1m');
  });
});
