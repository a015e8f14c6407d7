// Lines that a reconcile set aside: beside their file on the page of a GitHub run, else in the log, and never in both.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerReconcile } from '../../src/cli/reconcile.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-told-'));
  mkdirSync(join(cwd, 'candles'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const SHARD = 'alpha/events/emit/2026-11.jsonl';

async function reconcile(badLines: number, env: Readonly<Record<string, string>>) {
  const path = join(cwd, 'state/data', SHARD);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'no json\n'.repeat(badLines));
  const run = await runInMemory([registerReconcile], ['reconcile', '--prices', 'candles'], { cwd, env });
  return run.stderr.split('\n').filter((line) => /^(::)?warning|^::error/.test(line));
}

describe('lines that a reconcile set aside', () => {
  it('are marked once where they stand in the workspace of a run, and fail nothing', async () => {
    const told = await reconcile(2, { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: cwd });

    expect(told).toHaveLength(2);
    expect(told[1]).toMatch(
      /^::warning file=state\/data\/alpha\/events\/emit\/2026-11\.jsonl,line=2,col=1,title=Set aside%3A malformed_json::column 1: /,
    );
  });

  it('are ten annotations where there are more', async () => {
    const told = await reconcile(40, { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: cwd });

    expect(told).toHaveLength(10);
    expect(told[9]).toBe(
      '::warning title=Set aside::31 more lines were set aside; all of them are in alpha/rejects/reconcile of the state',
    );
  });

  it('are warnings of the log anywhere else', async () => {
    const told = await reconcile(12, {});

    expect(told).toHaveLength(11);
    expect(told[0]).toMatch(/^warning: alpha\/events\/emit\/2026-11\.jsonl:1 column 1: /);
    expect(told[10]).toBe(
      'warning: 2 more lines were set aside; all of them are in alpha/rejects/reconcile of the state',
    );
  });
});
