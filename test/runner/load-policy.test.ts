// The policy of the settings: the champion, or a file of a person's, with what is wrong with that file said before anything begins.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Pink } from '../../src/domain/pink-settings.ts';
import { validate } from '../../src/domain/validate.ts';
import { loadPolicy } from '../../src/runner/load-policy.ts';

const WHOLE =
  "name: 'mine', version: '1', settings: {}, strategyClass: 'macro', step: (memory) => ({ memory, decisions: [] })";

function pinkWith(policy: object, feed: object = {}): Pink {
  const checked = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] }, policy, feed });
  if (!checked.ok) throw new Error(JSON.stringify(checked.error));
  return checked.value;
}

describe('a policy', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'warden-policy-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function loaded(code: string) {
    writeFileSync(join(folder, 'mine.mjs'), code);
    return await loadPolicy(pinkWith({ module: 'mine.mjs' }), folder);
  }

  it('is the champion where the settings name no file', async () => {
    const policy = await loadPolicy(pinkWith({}), folder);
    expect(policy).toMatchObject({ ok: true, value: { name: 'champion' } });
  });

  it.each([
    ['10s', {}, { kind: 'scans', scans: { path: 'scans.jsonl' } }],
    ['5m', {}, { kind: 'simulated', simulated: { bar: '5m' } }],
    ['1h', {}, { kind: 'exchange', exchange: { id: 'binance', timeframe: '1h' } }],
    ['2m', { bar: '2m' }, { kind: 'simulated', simulated: { bar: '5m' } }],
  ])('that ships counts bars of %s under %j and the feed %j', async (bar, policy, feed) => {
    const loaded = await loadPolicy(pinkWith(policy, feed), folder);
    expect(loaded).toMatchObject({ ok: true, value: { settings: { bar } } });
  });

  it('is what a file exports, beside the settings', async () => {
    const policy = await loaded(`export const policy = { ${WHOLE}, begin: () => null };`);
    expect(policy).toMatchObject({ ok: true, value: { name: 'mine' } });
  });

  it.each([
    ['begin() throws', `export const policy = { ${WHOLE}, begin() { throw new Error('no') } };`, 'Error: no'],
    [
      'begin() returns a map',
      `export const policy = { ${WHOLE}, begin: () => new Map() };`,
      'no plain JSON: expected a JSON value; found an object of a class',
    ],
    ['it throws', "throw new Error('at once');", 'cannot be loaded: at once'],
    ['it exports nothing', 'export const other = 1;', 'exports no `policy`'],
    ['it exports half of one', "export const policy = { name: 'mine' };", 'version: expected'],
  ])('is refused where %s', async (_, code, problem) => {
    const policy = await loaded(code);
    expect(policy).toEqual({ ok: false, error: expect.stringContaining(problem) });
    expect(policy).toEqual({ ok: false, error: expect.stringContaining('policy.module mine.mjs') });
  });

  it('is refused where its file never ends loading', async () => {
    writeFileSync(join(folder, 'hangs.mjs'), 'await new Promise(() => {});');
    const waits: number[] = [];
    const policy = await loadPolicy(pinkWith({ module: 'hangs.mjs' }), folder, (ms, run) => {
      waits.push(ms);
      queueMicrotask(run);
      return () => undefined;
    });
    expect(waits).toEqual([10_000]);
    expect(policy).toEqual({ ok: false, error: expect.stringContaining('does not end loading within 10 s') });
  });

  it('is refused where its file is not there, or is TypeScript', async () => {
    const missing = await loadPolicy(pinkWith({ module: 'none.mjs' }), folder);
    expect(missing).toEqual({ ok: false, error: expect.stringContaining('there is no file') });
    writeFileSync(join(folder, 'mine.ts'), '');
    const typed = await loadPolicy(pinkWith({ module: 'mine.ts' }), folder);
    expect(typed).toEqual({ ok: false, error: expect.stringContaining('compile it first') });
  });
});
