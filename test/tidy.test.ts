// Enforces the shape of the code: layers, purity, names, length, dependencies. Each rule is shown a violation first.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  cycleFindings,
  deadFindings,
  dependencyFindings,
  type Files,
  formFindings,
  importsOf,
  layerFindings,
  type Manifest,
  nameFindings,
  purityFindings,
  textFindings,
} from './tidy-rules.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'test', 'scripts', 'bench', 'examples', 'docs', 'config', '.github', '.ci'];

/** The rules and their injected violations speak about what they forbid. */
const SELF = ['test/tidy.test.ts', 'test/tidy-rules.ts'];

function readTree(folder: string, into: Map<string, string>): void {
  for (const name of readdirSync(join(ROOT, folder)).sort()) {
    const path = `${folder}/${name}`;
    if (statSync(join(ROOT, path)).isDirectory()) readTree(path, into);
    else if (/\.([cm]?[jt]s|md|ya?ml|json|py|sh)$|\/run$/.test(path))
      into.set(path, readFileSync(join(ROOT, path), 'utf8'));
  }
}

function repository(): Map<string, string> {
  const files = new Map<string, string>();
  for (const folder of FOLDERS) if (existsSync(join(ROOT, folder))) readTree(folder, files);
  for (const name of readdirSync(ROOT)) {
    if (/\.(md|ts)$|^(package|tsconfig.*|biome)\.json$/.test(name))
      files.set(name, readFileSync(join(ROOT, name), 'utf8'));
  }
  files.set('state/README.md', readFileSync(join(ROOT, 'state/README.md'), 'utf8'));
  return files;
}

const files = repository();
const code: Files = new Map([...files].filter(([path]) => !SELF.includes(path)));
const manifest: Manifest = JSON.parse(files.get('package.json') ?? '{}');
const dependenciesDoc = files.get('docs/dependencies.md') ?? '';

function fake(entries: Readonly<Record<string, string>>): Files {
  return new Map(Object.entries(entries));
}

describe('the code', () => {
  it('is where the rules look for it', () => {
    expect(files.has('src/domain/time.ts')).toBe(true);
    expect(files.has('test/tidy.test.ts')).toBe(true);
    expect(importsOf(files.get('src/domain/row.ts') ?? '')).toContain('./fields.ts');
  });

  it('imports downwards only', () => {
    expect(layerFindings(code)).toEqual([]);
  });

  it('has no circle of imports', () => {
    expect(cycleFindings(code)).toEqual([]);
  });

  it('keeps its pure folders pure', () => {
    expect(purityFindings(code)).toEqual([]);
  });

  it('has no file that nothing imports', () => {
    expect(deadFindings(code)).toEqual([]);
  });

  it('has files of a readable length that open with a sentence', () => {
    expect(formFindings(files)).toEqual([]);
  });

  it('has names that say something, and no barrels', () => {
    expect(nameFindings(code)).toEqual([]);
  });

  it('has no unfinished work, no switched-off tests and no paths of a machine', () => {
    expect(textFindings(code)).toEqual([]);
  });

  it('uses every dependency, declares every one it uses, and says why', () => {
    expect(dependencyFindings(code, manifest, dependenciesDoc)).toEqual([]);
  });
});

const HEADER = '// A file that is only here to be found by a rule.\n';

describe('a rule finds', () => {
  it.each([
    ['an import upwards', 'src/domain/a.ts', "import { b } from '../supervision/b.ts';"],
    ['a type import upwards', 'src/supervision/a.ts', "import type { B } from '../adapters/b.ts';"],
    ['a dynamic import upwards', 'src/adapters/a.ts', "const { b } = await import('../jobs/b.ts');"],
    ['an import sideways', 'src/adapters/a.ts', "import { b } from '../supervision/b.ts';"],
    ['a port in a pure folder', 'src/supervision/a.ts', "import type { Clock } from '../ports.ts';"],
    ['the composition root from below', 'src/jobs/a.ts', "import { b } from '../cli/b.ts';"],
    ['an import of a test', 'src/jobs/a.ts', "import { b } from '../../test/b.ts';"],
    ['an import over several lines', 'src/domain/a.ts', "import {\n  b,\n} from '../jobs/b.ts';"],
    ['a folder that is no layer', 'src/misc/a.ts', ''],
  ])('%s', (_case, path, text) => {
    expect(layerFindings(fake({ [path]: text }))).toHaveLength(1);
  });

  it.each([
    ['two files', { 'src/domain/a.ts': "import './b.ts';", 'src/domain/b.ts': "import './a.ts';" }],
    [
      'types',
      {
        'src/domain/a.ts': "import type { B } from './b.ts';",
        'src/domain/b.ts': "import type { A } from './a.ts';",
      },
    ],
    [
      'three files behind an entry',
      {
        'src/cli.ts': "import './jobs/a.ts';",
        'src/jobs/a.ts': "import './b.ts';",
        'src/jobs/b.ts': "import './c.ts';",
        'src/jobs/c.ts': "import './a.ts';",
      },
    ],
    ['one file with itself', { 'src/domain/a.ts': "import './a.ts';" }],
  ])('a circle of %s, once', (_case, entries) => {
    expect(cycleFindings(fake(entries))).toHaveLength(1);
  });

  it.each([
    'async function f() {}',
    'await f();',
    'let p: Promise<void>;',
    'const t = Date.now();',
    'const d = new Date(ms);',
    'const r = Math.random();',
    'const e = process.env;',
    "console.log('x');",
    'const t = performance.now();',
    'const r = fetch(url);',
    'setTimeout(f, 1);',
    "import { readFileSync } from 'node:fs';",
    "import { setTimeout } from 'node:timers';",
  ])('in a pure folder: %s', (line) => {
    expect(purityFindings(fake({ 'src/supervision/a.ts': line })).length).toBeGreaterThan(0);
    expect(purityFindings(fake({ 'src/domain/time-of-day.ts': line })).length).toBeGreaterThan(0);
    expect(purityFindings(fake({ 'src/adapters/a.ts': line }))).toEqual([]);
  });

  it('a file that nothing imports', () => {
    const entries = { 'src/cli.ts': "import './jobs/a.ts';", 'src/jobs/a.ts': '', 'src/jobs/b.ts': '' };

    expect(deadFindings(fake(entries))).toEqual(['src/jobs/b.ts: nothing imports it']);
  });

  it.each([
    ['a source file of 401 lines', 'src/domain/a.ts', HEADER + 'x;\n'.repeat(400)],
    ['a test file of 601 lines', 'test/a.test.ts', HEADER + 'x;\n'.repeat(600)],
    ['a file without a header', 'src/domain/a.ts', 'const x = 1;\n'],
    ['a header that is no sentence', 'src/domain/a.ts', '// time\n\nconst x = 1;\n'],
    ['a licence block in place of a sentence', 'src/domain/a.ts', '/* Copyright */\nconst x = 1;\n'],
  ])('%s', (_case, path, text) => {
    expect(formFindings(fake({ [path]: text }))).toHaveLength(1);
  });

  it.each([
    'src/utils/a.ts',
    'src/domain/util.ts',
    'src/jobs/helpers.ts',
    'src/common/a.ts',
    'src/services/a.ts',
    'src/domain/types.ts',
    'src/domain/index.ts',
    'test/helpers/a.ts',
  ])('the name %s', (path) => {
    expect(nameFindings(fake({ [path]: '' }))).toHaveLength(1);
  });

  it.each([
    "export * from './a.ts';",
    "export { a } from './a.ts';",
    "export type { A } from './a.ts';",
    "export {\n  a,\n} from './a.ts';",
  ])('the barrel %j', (text) => {
    expect(nameFindings(fake({ 'src/domain/b.ts': text }))).toHaveLength(1);
  });

  it.each([
    ['unfinished work', 'src/domain/a.ts', '// TODO: later'],
    ['a fix that was put off', 'docs/a.md', 'FIXME'],
    ['a home folder', 'docs/a.md', 'see /home/ada/warden'],
    ['a folder of a builder', 'config/a.yaml', 'dir: /root/data'],
    ['a test that runs alone', 'test/a.test.ts', "it.only('x', () => {});"],
    ['a test that is switched off', 'test/a.test.ts', "describe.skip('x', () => {});"],
    ['a replaced module', 'test/a.test.ts', "vi.mock('../src/a.ts');"],
  ])('%s', (_case, path, text) => {
    expect(textFindings(fake({ [path]: text }))).toHaveLength(1);
  });
});

describe('the rule of dependencies finds', () => {
  const declared = {
    dependencies: { ajv: '8.0.0' },
    devDependencies: { tsx: '4.0.0' },
    scripts: { run: 'tsx a.ts' },
  };
  const used = fake({
    'src/domain/a.ts': "import { Ajv } from 'ajv/dist/2020.js';\nimport { hash } from 'node:crypto';",
  });
  const doc =
    '| `ajv` | 8.0.0 | checks every record against its schema |\n| `tsx` | 4.0.0 | runs TypeScript without a build |\n';

  it('nothing where all is well', () => {
    expect(dependencyFindings(used, declared, doc)).toEqual([]);
  });

  it('nothing where a package is only resolved by its name', () => {
    const resolved = fake({ 'src/domain/a.ts': "const at = createRequire(import.meta.url).resolve('ajv');" });

    expect(dependencyFindings(resolved, declared, doc)).toEqual([]);
  });

  const peered = { ...declared, peerDependencies: { tsx: '4.0.0' } };
  const importing = (line: string) => new Map([...used, ['src/domain/b.ts', line]]);

  it.each(["const tsx = await import('tsx');", "import type { A } from 'tsx';"])(
    'nothing where an optional peer is not needed to load the file: %s',
    (line) => {
      expect(dependencyFindings(importing(line), peered, doc)).toEqual([]);
    },
  );

  it.each([
    ['one that nothing imports', fake({}), declared, doc],
    ['an optional peer that a file needs', importing("import { a } from 'tsx';"), peered, doc],
    ['an optional peer in another version', used, { ...peered, peerDependencies: { tsx: '4.1.0' } }, doc],
    ['one that only a test imports', fake({ 'test/a.ts': "import 'ajv';" }), declared, doc],
    ['a tool that no script runs', used, { ...declared, scripts: {} }, doc],
    ['one without a reason', used, declared, doc.replace('checks every record against its schema', 'yes')],
    ['one that is not documented', used, declared, doc.replace('`ajv`', '`avj`').replace(/.*avj.*\n/, '')],
    ['another version in the documentation', used, declared, doc.replace('8.0.0', '7.0.0')],
    [
      'one that is documented but gone',
      used,
      declared,
      `${doc}| \`left-pad\` | 1.0.0 | pads a text on its left side |\n`,
    ],
    [
      'one that is imported but not declared',
      new Map([...used, ['src/domain/b.ts', "import 'left-pad';"]]),
      declared,
      doc,
    ],
  ])('%s', (_case, tree, packages, text) => {
    expect(dependencyFindings(tree, packages, text)).toHaveLength(1);
  });
});

describe('a rule passes over', () => {
  it('what stands in comments, and words that only look alike', () => {
    const text = `${HEADER}/** Says async, Date.now and console.log in words. */\n// import '../jobs/a.ts';\nconst processed = 1; // await\n`;

    expect(purityFindings(fake({ 'src/domain/a.ts': text }))).toEqual([]);
    expect(layerFindings(fake({ 'src/domain/a.ts': text }))).toEqual([]);
  });

  it('the one file that formats instants', () => {
    expect(purityFindings(fake({ 'src/domain/time.ts': 'new Date(ms)' }))).toEqual([]);
  });

  it('a header after the line that makes a file executable', () => {
    expect(formFindings(fake({ 'src/cli.ts': `#!/usr/bin/env node\n${HEADER}` }))).toEqual([]);
  });

  it('addresses that are no paths, and exports of its own', () => {
    expect(textFindings(fake({ 'docs/a.md': 'https://example.org/home/a and src/work/b' }))).toEqual([]);
    expect(nameFindings(fake({ 'src/domain/a.ts': "export { a };\nimport { b } from './b.ts';" }))).toEqual(
      [],
    );
  });
});
