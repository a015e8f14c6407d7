// The examples run as they are printed, from their first line to their last.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

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

describe('examples/emit-signal.ts', () => {
  it('stores a signal and the run it came from, joined by the run id', async () => {
    await import('../examples/emit-signal.ts');

    const event = onlyRecord('alpha/events/emit');
    const run = onlyRecord('telemetry/events');
    expect(event).toMatchObject({ agent: 'example-momentum', direction: 'LONG', market: 'spot' });
    expect(run).toMatchObject({ agent: 'example-momentum', status: 'ok', run_id: event['run_id'] });
  });
});
