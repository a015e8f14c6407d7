// The examples run as they are printed, from their first line to their last.

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AT, aMetaReport } from './domain/record-builders.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

let state = '';
const before = process.env['WARDEN_STATE'];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'warden-examples-'));
  process.env['WARDEN_STATE'] = state;
});
afterEach(() => {
  if (before === undefined) delete process.env['WARDEN_STATE'];
  else process.env['WARDEN_STATE'] = before;
  rmSync(state, { recursive: true, force: true });
});

function onlyRecord(folder: string): Record<string, unknown> {
  const path = join(state, folder);
  const [file, ...others] = existsSync(path) ? readdirSync(path) : [];
  if (file === undefined || others.length > 0) throw new Error(`expected one file in ${folder}`);
  return JSON.parse(readFileSync(join(path, file), 'utf8'));
}

describe('the examples', () => {
  it('are each run by a test that names it', () => {
    const tests = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(test|process)\.ts$/.test(path))
      .map((path) => readFileSync(join(import.meta.dirname, path), 'utf8'));
    const untried = readdirSync(join(import.meta.dirname, '../examples')).filter(
      (name) => !tests.some((text) => new RegExp(`describe.*\\('examples/${name}`).test(text)),
    );

    expect(untried).toEqual([]);
  });
});

describe('examples/emit-signal.ts', () => {
  it('stores a signal and the run it came from, joined by the run id', async () => {
    await import('../examples/emit-signal.ts');

    const event = onlyRecord('alpha/events/emit');
    const run = onlyRecord('telemetry/events');
    expect(event).toMatchObject({ agent: 'example-momentum', direction: 'LONG', market: 'spot' });
    expect(run).toMatchObject({ agent: 'example-momentum', status: 'ok', run_id: event['run_id'] });
  });
});

describe('examples/size-by-confidence.ts', () => {
  it('sizes by the multiplier that the supervisor wrote', async () => {
    const detail = { n: 80, n_eff: 60, n_excluded: 0, P: 0.5, W: 40, shrink: 0.7, mode: 'sigma' };
    const file = {
      version: 1,
      generated_at: null,
      multipliers: { 'example-momentum': 0.9 },
      detail: { 'example-momentum': detail },
    };
    mkdirSync(join(state, 'supervisor'));
    writeFileSync(join(state, 'supervisor/confidence_multipliers.json'), JSON.stringify(file));
    const said = vi.spyOn(console, 'log').mockImplementation(() => {});

    await import('../examples/size-by-confidence.ts');

    expect(said).toHaveBeenCalledExactlyOnceWith(
      'example-momentum: 900.00 USD (x 0.9, 60 effective signals)',
    );
    said.mockRestore();
  });
});

describe.skipIf(!hasPython)('examples/weights.py (needs python3)', () => {
  function weights(generated_at: string | null, asOf: string) {
    mkdirSync(join(state, 'supervisor'));
    writeFileSync(join(state, 'supervisor/meta_report.json'), JSON.stringify(aMetaReport({ generated_at })));
    const program = join(import.meta.dirname, '../examples/weights.py');
    return spawnSync('python3', [program, state, asOf], { encoding: 'utf8' });
  }

  it('reads what each agent may use, and what that is made of', () => {
    const run = weights(AT, '2026-11-23T09:59:59.000Z');

    expect(run.stdout, run.stderr).toBe('trend-ema 0.0950 (base 0.2 x confidence 0.95 x divergence 0.5)\n');
    expect(run.status).toBe(0);
  });

  it.each([
    ['a report that is old', AT, 'expected nothing older than 2 days'],
    ['a report of no row', null, 'knows no row yet'],
  ])('gives no weight out of %s', (_case, generated_at, reason) => {
    const run = weights(generated_at, '2026-11-23T10:00:01.000Z');

    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(run.stderr).toMatch(/^no weights: /);
    expect(run.stderr).toContain(reason);
  });
});
