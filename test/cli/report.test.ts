// `warden report` on the command line: where it writes, what it says, and where it refuses to write.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerReport } from '../../src/cli/report.ts';
import { aSupervisedDisk } from '../jobs/supervised-state.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-report-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function supervised(): void {
  for (const [path, text] of Object.entries(aSupervisedDisk().dump())) {
    const file = join(cwd, 'state/data', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

async function report(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return await runInMemory([registerReport], ['report', ...argv], { cwd, env });
}

describe('warden report', () => {
  it('says of a state without rows, as a mistyped --state is, that there are none', async () => {
    const run = await report(['--out', 'site', '--state', 'mistyped']);

    expect(run.stderr).toContain(
      'holds no rows yet; run reconcile first, or name another folder with --state',
    );
  });

  it('writes the site, and names the commit and the repository that it is told', async () => {
    supervised();
    const run = await report(['--out', 'site', '--state-commit', 'c'.repeat(40)], {
      GITHUB_REPOSITORY: 'acme/alpha',
    });

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /^Wrote the site to .*site: 5 pages, 10 files in all, begin with index\.html\. Evidence up to /,
    );
    expect(readFileSync(join(cwd, 'site/index.html'), 'utf8')).toContain(
      `href="https://github.com/acme/alpha/tree/${'c'.repeat(40)}"`,
    );
  });

  it('writes an honest page of an empty state, and makes no state folder', async () => {
    const run = await report(['--out', 'site', '--json']);

    expect(run.json()).toEqual({
      exit_code: 0,
      out: join(cwd, 'site'),
      files: ['charts.js', 'index.html', 'pink.html', 'quality.html', 'style.css', 'uplot.css', 'uplot.js'],
      generated_at: null,
    });
    expect(readFileSync(join(cwd, 'site/index.html'), 'utf8')).toContain('Nothing was judged yet.');
    expect(existsSync(join(cwd, 'state'))).toBe(false);
  });

  it('leaves the site of a report as it is where the folder of the state holds none, as one that is mistyped', async () => {
    supervised();
    await report(['--out', 'site']);
    const before = readFileSync(join(cwd, 'site/index.html'), 'utf8');

    const run = await report(['--out', 'site', '--state', 'nowhere']);

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('holds no report, and site holds the site of one');
    expect(readFileSync(join(cwd, 'site/index.html'), 'utf8')).toBe(before);
  });

  it('writes nothing with --dry-run', async () => {
    supervised();
    const run = await report(['--out', 'site', '--dry-run']);

    expect(run.stdout).toMatch(/^Would write the site to .*: 5 pages, 10 files in all/);
    expect(existsSync(join(cwd, 'site'))).toBe(false);
  });

  it.each([
    ['no folder', [], '--out'],
    ['the state folder itself', ['--out', 'state/data'], 'lies within the state folder'],
    ['a folder of the state', ['--out', 'state/data/site'], 'lies within the state folder'],
    [
      'a folder of the state whose name begins with dots',
      ['--out', 'state/data/..site'],
      'lies within the state folder',
    ],
    ['a file', ['--out', 'file'], 'is not a folder'],
    ['what is no commit', ['--out', 'site', '--state-commit', 'main'], 'is no commit'],
  ])('refuses %s', async (_case, argv, message) => {
    writeFileSync(join(cwd, 'file'), '');
    const run = await report(argv);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(message);
    expect(existsSync(join(cwd, 'site'))).toBe(false);
  });

  it('takes a folder whose name begins like that of the state', async () => {
    expect((await report(['--out', 'state/data-site'])).exitCode).toBe(0);
  });

  it('refuses a state that it cannot read', async () => {
    supervised();
    writeFileSync(join(cwd, 'state/data/supervisor/meta_report.json'), '{');
    const run = await report(['--out', 'site']);

    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('supervisor/meta_report.json');
    expect(existsSync(join(cwd, 'site'))).toBe(false);
  });
});
