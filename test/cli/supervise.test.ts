// `warden supervise` as a person meets it: what it writes, what a broken file does, what is refused, and the page of the run.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerSupervise } from '../../src/cli/supervise.ts';
import { canonicalJson, sha256Hex } from '../../src/domain/canonical.ts';
import { isoFromMs } from '../../src/domain/time.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { stepVariable } from '../fakes/step-variable.ts';
import { insertAll, settledMs, worldRows } from '../jobs/supervise-world.ts';
import { runInMemory } from './memory-host.ts';

const AGENTS = `break-a: { strategy_class: macro, stage: live, base_weight: 0.2 }
break-b: { strategy_class: macro, stage: live, base_weight: 0.2 }
`;
const KILL_LIST = `macro:
  max_cvar_sigma: 4
`;
const SHIPPED = fileURLToPath(new URL('../../config', import.meta.url));

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-supervise-'));
  cpSync(SHIPPED, join(cwd, 'config'), { recursive: true });
  configure('agents.yaml', AGENTS);
  configure('kill-list.yaml', KILL_LIST);
  settle(125, 158);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function configure(file: string, text: string): void {
  writeFileSync(join(cwd, 'config', file), text);
}

/** Puts the rows of the days `[from, to)` into the state folder; days that are there are written anew. */
function settle(from: number, to: number): void {
  const disk = memoryDisk();
  insertAll(
    disk,
    worldRows(from, to).filter(({ strategy_class }) => strategy_class === 'macro'),
  );
  for (const [path, text] of Object.entries(disk.dump())) {
    const file = join(cwd, 'state/data', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function supervise(argv: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  return await runInMemory([registerSupervise], ['supervise', ...argv], { cwd, env });
}

/** Every file of the state but the provenance of runs, path to text. */
function stateFiles(): Record<string, string> {
  const root = join(cwd, 'state/data');
  const names = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(
    files
      .map((file): [string, string] => [file.slice(root.length + 1), sha256Hex(readFileSync(file, 'utf8'))])
      .filter(([name]) => !name.startsWith('runs/'))
      .sort(),
  );
}

function stateText(path: string): string {
  return readFileSync(join(cwd, 'state/data', path), 'utf8');
}

const DAY_155 = isoFromMs(settledMs(155));
const DAY_157 = isoFromMs(settledMs(157));

describe('warden supervise', () => {
  it('writes its files and says what needs a person; a second run has nothing to write', async () => {
    const first = await supervise(['--now', DAY_157, '--json']);
    const before = stateFiles();
    const runs = stateText('runs/2026-11.jsonl');
    const second = await supervise(['--now', DAY_157, '--json']);

    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(first.json()).toMatchObject({ changed: true, new_verdicts: [{ kind: 'DISABLE' }, {}, {}] });
    expect(second.json()).toMatchObject({ changed: false, new_verdicts: [], cell_lines: 0 });
    expect(second.json()).toMatchObject({ open_verdicts: [{ kind: 'DISABLE' }, {}, {}] });
    expect(stateFiles()).toEqual(before);
    expect(stateText('runs/2026-11.jsonl')).toBe(runs);
    expect(JSON.parse(runs)).toMatchObject({ job: 'supervise', counts: { verdicts: 3 } });
  });

  it('reads every row again where it is told to, with the same result', async () => {
    await supervise(['--now', DAY_155]);
    const run = await supervise(['--now', DAY_155, '--no-checkpoint', '--json']);

    expect(run.json()).toMatchObject({ changed: false });
    const { rows, rows_read } = Object(run.json());
    expect(rows_read).toBe(rows);
  });

  it('writes nothing with --dry-run, and says what it would find', async () => {
    const before = stateFiles();

    const run = await supervise(['--now', DAY_157, '--dry-run', '--json']);

    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ new_verdicts: [{ kind: 'DISABLE' }, {}, {}] });
    expect(stateFiles()).toEqual(before);
    expect(existsSync(join(cwd, 'state/data/runs'))).toBe(false);
  });

  it('refuses an instant before a verdict, and writes nothing', async () => {
    await supervise(['--now', DAY_157]);
    const before = stateFiles();

    const run = await supervise(['--now', isoFromMs(settledMs(130))]);

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toMatch(/the log holds a verdict of .*; take a later --now/s);
    expect(stateFiles()).toEqual(before);
  });

  it('says that a state without rows has nothing to judge', async () => {
    const run = await supervise(['--state', 'mistyped']);

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('holds no rows yet; run reconcile first');
  });
});

const BROKEN: readonly [file: string, text: string, place: string, words: string][] = [
  [
    'kill-list.yaml',
    'macro:\n  max_cvar_sigm: 4\n',
    'kill-list.yaml:2:3',
    'macro.max_cvar_sigm: unknown key; did you mean "max_cvar_sigma"?',
  ],
  [
    'agents.yaml',
    'break-a:\n  strategy_class: macro\n  stage: lively\n',
    'agents.yaml:3:3',
    'expected shadow | live; did you mean "live"?',
  ],
  ['kill-list.yaml', 'macro:\n  max_cvar_sigma: [4\n', 'kill-list.yaml:', 'cannot be read as YAML'],
];

describe('a configuration file that is broken', () => {
  it.each(BROKEN)(
    '%s refuses the first run with its place, and nothing is written',
    async (file, text, place, words) => {
      configure(file, text);
      const before = stateFiles();

      const run = await supervise(['--now', DAY_155]);

      expect(run.exitCode).toBe(3);
      expect(run.stderr).toContain('no earlier one is known');
      expect(run.stderr).toContain(place);
      expect(run.stderr).toContain(words);
      expect(stateFiles()).toEqual(before);
    },
  );

  it('names every problem of all three files at once', async () => {
    for (const [file, text] of BROKEN.slice(0, 2)) configure(file, text);
    const warden = readFileSync(join(cwd, 'config/warden.yaml'), 'utf8');
    configure('warden.yaml', warden.replace('half_life_signals:', 'half_live_signals:'));

    const { stderr } = await supervise(['--now', DAY_155]);

    expect(stderr).toContain('did you mean "half_life_signals"?');
    for (const [, , place, words] of BROKEN.slice(0, 2)) {
      expect(stderr).toContain(place);
      expect(stderr).toContain(words);
    }
  });

  it('leaves the last good settings in force until it is mended', async () => {
    await supervise(['--now', DAY_155]);
    const good = JSON.parse(stateText('supervisor/meta_report.json'));
    settle(125, 160);
    configure('kill-list.yaml', 'macro:\n  max_cvar_sigm: 40\n  state: OFF\n');

    const broken = await supervise(['--now', DAY_157, '--json']);

    expect(broken.exitCode).toBe(3);
    expect(broken.stderr).toContain(`the last good one (config_hash ${good.config_hash}) stays in force`);
    expect(broken.json()).toMatchObject({
      configuration_problems: expect.stringContaining('kill-list.yaml:2:3'),
      report: { config_hash: good.config_hash },
    });
    const report = JSON.parse(stateText('supervisor/meta_report.json'));
    expect(report.generated_at > good.generated_at).toBe(true);
    expect(report.strategies.macro.cells.TREND.threshold.max_cvar_sigma).toBe(4);
    const page = stateText('supervisor/meta_report.md');
    expect(page).toContain('the last good one stays in force until it is mended: kill-list.yaml:2:3 macro');
    expect(page).toContain('; kill-list.yaml:3:3 macro');
    expect(page).not.toContain(cwd);

    configure('kill-list.yaml', KILL_LIST);
    const mended = await supervise(['--now', DAY_157, '--json']);

    expect(mended.exitCode).toBe(0);
    expect(mended.json()).toMatchObject({ configuration_problems: null });
    expect(stateText('supervisor/meta_report.md')).not.toContain('stays in force');
  });

  it('leaves settings in force that an earlier version stored, which knew fewer keys', async () => {
    await supervise(['--now', DAY_155]);
    const report = JSON.parse(stateText('supervisor/meta_report.json'));
    const stored = JSON.parse(stateText(`supervisor/settings/${report.config_hash}.json`));
    const { notify: _, ...warden } = stored.warden;
    const { agents, kill_list } = stored;
    const config_hash = sha256Hex(canonicalJson({ warden, agents, kill_list }));
    const write = (path: string, value: unknown) =>
      writeFileSync(join(cwd, 'state/data', path), JSON.stringify(value));
    write(`supervisor/settings/${config_hash}.json`, { v: 1, config_hash, warden, agents, kill_list });
    write('supervisor/meta_report.json', { ...report, config_hash });
    configure('kill-list.yaml', 'macro: [\n');

    const run = await supervise(['--now', DAY_157]);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(`the last good one (config_hash ${config_hash}) stays in force`);
    expect(JSON.parse(stateText('supervisor/meta_report.json')).config_hash).toBe(report.config_hash);
  });

  it('is refused where nothing says which settings were the last good ones', async () => {
    await supervise(['--now', DAY_155]);
    writeFileSync(join(cwd, 'state/data/supervisor/meta_report.json'), '{');
    configure('kill-list.yaml', 'macro: [\n');

    const run = await supervise(['--now', DAY_157]);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('no earlier one is known');
  });
});

describe('the page of a run on GitHub', () => {
  const NAME = 'GITHUB_STEP_SUMMARY';
  const namePage = stepVariable(NAME);

  it('is written where the environment names its file, and not elsewhere', async () => {
    const file = join(cwd, 'summary.md');
    writeFileSync(file, '');
    namePage(file);

    await supervise(['--now', DAY_157, '--dry-run']);
    expect(readFileSync(file, 'utf8')).toBe('');

    const run = await supervise(['--now', DAY_157], { [NAME]: file });
    expect(run.exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('macro');
    expect(readFileSync(file, 'utf8')).toContain('DISABLE');
  });

  it('is a warning where it cannot be written: the work is done', async () => {
    const file = join(cwd, 'no-such-folder', 'summary.md');
    namePage(file);

    const run = await supervise(['--now', DAY_157], { [NAME]: file });

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('warning: the page of this run was not written');
    expect(run.stdout).toContain('macro');
  });
});

describe('a state that lost something', () => {
  it('says that agents.yaml is missing where agents were known, and keeps their stages and weights', async () => {
    await supervise(['--now', DAY_157]);
    rmSync(join(cwd, 'config', 'agents.yaml'));

    const run = await supervise(['--now', DAY_157]);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('agents.yaml: is missing, and 2 agents were known before');
    expect(stateText('supervisor/promotion.json')).toContain('"stage": "live"');
    expect(stateText('supervisor/meta_report.md')).toContain('agents.yaml');
  });

  it('names a day whose rows became fewer, and a line that is torn', async () => {
    await supervise(['--now', DAY_157]);
    const days = readdirSync(join(cwd, 'state/data/alpha/reconciled/2021-07'));
    const day = `alpha/reconciled/2021-07/${days[3]}`;
    const verdicts = 'supervisor/verdicts.jsonl';
    for (const path of [day, verdicts])
      writeFileSync(join(cwd, 'state/data', path), stateText(path).slice(0, -40));

    const run = await supervise(['--now', DAY_157]);

    expect(run.stderr).toContain(`${day} held more rows when they were last read`);
    expect(run.stderr).toContain(`${day} ends in a torn line`);
    expect(run.stderr).toContain(`${verdicts} ends in a torn line`);
  });

  it('refuses a folder in place of a day, and a file in place of the state', async () => {
    const days = readdirSync(join(cwd, 'state/data/alpha/reconciled/2021-07'));
    const day = join(cwd, 'state/data/alpha/reconciled/2021-07', days[3] ?? '');
    rmSync(day, { recursive: true });
    mkdirSync(day);

    expect(await supervise(['--now', DAY_157])).toMatchObject({ exitCode: 4 });

    writeFileSync(join(cwd, 'flat'), '');
    const flat = await supervise(['--state', 'flat']);
    expect(flat).toMatchObject({ exitCode: 3 });
    expect(flat.stderr).toContain('is not a folder; name a folder');
  });
});
