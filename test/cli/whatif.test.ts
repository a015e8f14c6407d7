// `warden whatif` on the command line: what it refuses, what it says where nothing is recorded, and that it writes nothing.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendCellLines } from '../../src/adapters/state/cell-log.ts';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { registerWhatIf } from '../../src/cli/whatif.ts';
import { cellId } from '../../src/domain/cvar.ts';
import { aCellLine } from '../domain/record-builders.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-whatif-'));
  writeFileSync(join(cwd, 'tight.yaml'), 'macro: { max_cvar_sigma: 2.0 }\n');
  writeFileSync(join(cwd, 'loose.yaml'), 'macro: { max_cvar_sigma: 9.0 }\n');
  writeFileSync(join(cwd, 'broken.yaml'), 'macro:\n  max_cvar_sgima: 2.0\n');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function whatIf(...argv: string[]) {
  return await runInMemory([registerWhatIf], ['whatif', ...argv], { cwd });
}

function record(): void {
  const lines = ['2026-03-01', '2026-03-02', '2026-03-03'].map((day) => {
    const line = aCellLine({ as_of: `${day}T10:00:00.000Z`, cvar95_sigma: 3, ci90_sigma: [2.5, 3.5] });
    return { ...line, cell_id: cellId(line) };
  });
  appendCellLines(nodeDisk(join(cwd, 'state/data')), lines);
}

describe('whatif', () => {
  it('says so where nothing is recorded, and makes no state folder', async () => {
    const run = await whatIf('--kill-list', 'tight.yaml');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('no cells are recorded yet');
    expect(readdirSync(cwd).sort()).toEqual(['broken.yaml', 'loose.yaml', 'tight.yaml']);
  });

  it('says so where nothing is recorded in the span', async () => {
    record();
    const run = await whatIf('--kill-list', 'tight.yaml', '--from', '2026-04-01T00:00:00Z');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('none of the 3 recorded lines are of horizon 24 h from 2026-04-01 00:00');
  });

  it('shows what a tighter list would have stopped, and what was lost then', async () => {
    record();
    const run = await whatIf('--kill-list', 'tight.yaml');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^macro {2}current +never$/m);
    expect(run.stdout).toMatch(
      /^macro {2}proposed +2026-03-01 10:00 {2}still +2 {2}TREND +3 +2 {2}sigma +3 +-241 +-337$/m,
    );
    expect(run.stdout).toContain(
      'macro: +1 stop, +2 days disabled, result better by 337 bps net (3 looks from ',
    );
  });

  it('says that nothing changes where nothing does', async () => {
    record();
    const run = await whatIf('--kill-list', 'loose.yaml');

    expect(run.stdout).toContain('macro: no change (3 looks');
  });

  it('asks whether a proposed class is spelled so, of which nothing was recorded', async () => {
    record();
    writeFileSync(join(cwd, 'slip.yaml'), 'marco: { max_cvar_sigma: 2.0 }\n');

    const run = await whatIf('--kill-list', 'slip.yaml');

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('nothing was recorded of the proposed classes marco; are they spelled so?');
  });

  it('prints the same as JSON', async () => {
    record();
    const run = await whatIf('--kill-list', 'tight.yaml', '--to', '2026-03-02T23:00:00Z', '--json');

    expect(run.json()).toMatchObject({
      exit_code: 0,
      horizon_hours: 24,
      to: '2026-03-02T23:00:00.000Z',
      recorded_lines: 3,
      classes: [
        { strategy_class: 'macro', looks: 2, difference: { stops: 1, days: 1, net_pnl_bps: -168.5 } },
      ],
    });
  });

  it.each([
    [
      'a misspelled limit',
      ['--kill-list', 'broken.yaml'],
      /broken\.yaml:2:3 .*did you mean "max_cvar_sigma"/,
    ],
    ['a file that is not there', ['--kill-list', 'gone.yaml'], /--kill-list gone\.yaml: there is no file/],
    ['a folder', ['--kill-list', '.'], /is not a file/],
    ['no kill list', [], /--kill-list/],
    [
      'a span that ends before it begins',
      ['--kill-list', 'tight.yaml', '--from', '2026-04-01T00:00:00Z', '--to', '2026-03-01T00:00:00Z'],
      /lies before --from/,
    ],
  ])('refuses %s', async (_case, argv, message) => {
    const run = await whatIf(...argv);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(message);
  });

  it('refuses recorded lines that are none', async () => {
    nodeDisk(join(cwd, 'state/data')).append('supervisor/cells/2026-03.jsonl', '{"v":1}\n');
    const run = await whatIf('--kill-list', 'tight.yaml');

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('supervisor/cells/2026-03.jsonl:1: ');
  });

  it('takes no --dry-run, since it writes nothing', async () => {
    const run = await whatIf('--help');

    expect(run.stdout).toContain('warden whatif --kill-list proposed.yaml');
    expect(run.stdout).not.toContain('--dry-run');
  });
});
