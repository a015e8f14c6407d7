// `warden explain` and `warden verify` on the command line: exit codes, readable tables, JSON, and that nothing is written.

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { registerExplain } from '../../src/cli/explain.ts';
import { registerVerify } from '../../src/cli/verify.ts';
import { insertAll, look, settledMs, worldRows } from '../jobs/supervise-world.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-explain-'));
  const disk = nodeDisk(join(cwd, 'state/data'));
  insertAll(disk, worldRows(60, 150));
  look(disk, settledMs(149));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function explain(...argv: string[]) {
  return await runInMemory([registerExplain], ['explain', ...argv], { cwd });
}

async function verify(...argv: string[]) {
  return await runInMemory([registerVerify], ['verify', ...argv], { cwd });
}

function wholeState(): string {
  return JSON.stringify(
    ['meta_report.json', 'verdicts.jsonl', 'allocation.json'].map((name) =>
      readFileSync(join(cwd, 'state/data/supervisor', name), 'utf8'),
    ),
  );
}

describe('explain', () => {
  it('shows a class up to the file of each row, within 100 columns', async () => {
    const before = wholeState();
    const run = await explain('macro');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^regime TREND, the current regime: KILL$/m);
    expect(run.stdout).toMatch(/^tail in sigma: the worst \d+ of \d+ rows/m);
    expect(run.stdout).toMatch(
      /^ {2}grep '"event_id":"break-[ab]-\d+' alpha\/reconciled\/2021-07\/2021-07-\d+\.jsonl$/m,
    );
    expect(Math.max(...run.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(wholeState()).toBe(before);
  });

  it('shows that a recorded verdict recomputes', async () => {
    const run = await explain('macro', '--verdict', 'macro/1');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^recomputes: (\d+) of \1 numbers are what was recorded$/m);
  });

  it('shows an agent', async () => {
    const run = await explain('drop');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('agent drop (shadow) of class arb');
    expect(run.stdout).toMatch(/^multiplier +0\.\d+/m);
    expect(run.stdout).toMatch(/^horizon +trigger +state +since +statistic now +raised at /m);
    expect(run.stdout).toMatch(/^24 h +mean +ALERT/m);
    expect(run.stdout).toMatch(/^mean_net_bound /m);
  });

  it('prints everything as JSON', async () => {
    const run = await explain('macro', '--json');

    expect(run.json()).toMatchObject({
      exit_code: 0,
      subject: { kind: 'class', name: 'macro', cells: [{ regime: 'TREND' }] },
      check: null,
    });
  });

  it.each([
    ['a name that nobody knows', ['marco'], /did you mean "macro"/],
    ['two instants', ['macro', '--verdict', 'macro/1', '--at', '2021-07-01T00:00:00Z'], /leave --at out/],
    ['no name', [], /missing required argument/],
    ['a kind that is none', ['macro', '--kind', 'clas'], /class, agent/],
  ])('refuses %s', async (_case, argv, message) => {
    const run = await explain(...argv);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(message);
  });
});

describe('verify', () => {
  it('says that all is the same, and what it compared', async () => {
    const before = wholeState();
    const run = await verify();

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^supervisor\/meta_report\.json +derived +same$/m);
    expect(run.stdout).toContain('The derived state is what the ground gives');
    expect(wholeState()).toBe(before);
  });

  it('ends with 8 where something differs, and explain does so too', async () => {
    const path = join(cwd, 'state/data/supervisor/allocation.json');
    appendFileSync(path, ' ');
    const run = await verify('--json');

    expect(run.exitCode).toBe(8);
    expect(run.json()).toMatchObject({ exit_code: 8, differs: true });
    insertAll(
      nodeDisk(join(cwd, 'state/data')),
      worldRows(148, 149).map((row) => ({ ...row, event_id: `late-${row.event_id}` })),
    );
    const differs = await explain('macro', '--verdict', 'macro/1');
    expect(differs.exitCode).toBe(8);
    expect(differs.stdout).toMatch(/^cell\.n +\d+ +\d+ +differs$/m);
  });
});
