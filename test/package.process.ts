// What somebody who installs the package gets: packed by npm, unpacked into an empty project, used from there.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

let project = '';
let packed = '';
beforeAll(() => {
  if (!existsSync(join(ROOT, 'dist/cli.js'))) throw new Error('dist/ is missing; run `npm run build` first');
  project = mkdtempSync(join(tmpdir(), 'warden-package-'));
  packed = join(project, 'node_modules/warden');
  mkdirSync(packed, { recursive: true });
  // Without scripts: `prepare` would build dist/ anew beneath the tests that use it.
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', project];
  const name = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' }).trim();
  execFileSync('tar', ['-xzf', join(project, name), '-C', packed, '--strip-components=1']);
  // Warden finds what it depends on, and the project finds Warden and the types of Node.js.
  for (const [inside, target] of [
    ['warden/node_modules', '.'],
    ['@types', '@types'],
  ] as const)
    symlinkSync(join(ROOT, 'node_modules', target), join(project, 'node_modules', inside));
  writeFileSync(join(project, 'package.json'), '{"name":"desk","private":true,"type":"module"}');
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function node(...args: readonly string[]) {
  const env = { PATH: process.env['PATH'] ?? '', WARDEN_STATE: join(project, 'data') };
  return spawnSync(process.execPath, [...args], { cwd: project, encoding: 'utf8', env });
}

/** An example as it is outside of this repository. */
function exampleText(name: string): string {
  return readFileSync(join(ROOT, 'examples', name), 'utf8').replaceAll(
    /'\.\.\/src\/(?:policy\/)?(emit|confidence|policy)\.ts'/g,
    "'warden/$1'",
  );
}

describe('the package', () => {
  it('holds the built program, its schemas and its configuration, and nothing of its development', () => {
    expect(readdirSync(packed).sort()).toEqual([
      ...['LICENSE', 'README.md', 'config', 'dist', 'node_modules', 'package.json', 'schemas'],
    ]);
    const paths = ['config', 'dist', 'schemas'].flatMap((folder) =>
      readdirSync(join(packed, folder), { recursive: true, encoding: 'utf8' }),
    );
    expect(paths).toContain(join('runner', 'status', 'page', 'style.css'));
    expect(paths.filter((path) => /\.map$|\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([]);
  });

  it('has every file that package.json names', () => {
    const { bin, exports } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
    const named = [bin, exports].flatMap((each) =>
      JSON.stringify(each).match(/[\w./-]+\.(?:js|ts|json)(?=")/g),
    );
    expect(named.length).toBeGreaterThan(6);
    expect(named.filter((path) => !existsSync(join(packed, String(path))))).toEqual([]);
  });

  it('has a command that starts', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const run = node(join(packed, 'dist/cli.js'), '--version');

    expect(run).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('exports what agents and policies import, and nothing else', () => {
    writeFileSync(
      join(project, 'agent.mjs'),
      `import { emitAlphaSignal } from 'warden/emit';
import { getConfidence } from 'warden/confidence';
import 'warden/policy';
const ts = '2026-11-21T10:00:00Z';
const { eventId } = await emitAlphaSignal({ ts, agent: 'a', symbol: 'BTC/USDT', direction: 'LONG' });
console.log(eventId.length, getConfidence('a'));
await import('warden/dist/cli.js').catch((error) => console.log(error.code));
`,
    );
    const run = node('agent.mjs');

    expect(run.stdout, run.stderr).toBe('64 null\nERR_PACKAGE_PATH_NOT_EXPORTED\n');
  });

  it('has types for which the examples compile as strictly as here', () => {
    const examples = readdirSync(join(ROOT, 'examples')).filter((name) => name.endsWith('.ts'));
    for (const name of examples) writeFileSync(join(project, name), exampleText(name));
    const settings = { ...JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')), include: examples };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(settings));

    expect(examples.map(exampleText).join('\n')).not.toContain('../src');
    const run = node(join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', project);
    expect(run.stdout).toBe('');
    expect(run.status).toBe(0);
  });
});
