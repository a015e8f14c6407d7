// Builds dist/ from src/, whose types are the business of `npm run types`. As the `prepare` script it does nothing where the compiler is
// absent (`npm ci --omit=dev`).
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = `${root}node_modules/typescript/bin/tsc`;
if (existsSync(tsc)) {
  rmSync(`${root}dist`, { recursive: true, force: true });
  for (const project of ['tsconfig.build.json', 'tsconfig.page.json'])
    execFileSync(process.execPath, [tsc, '-p', `${root}${project}`, '--noCheck'], { stdio: 'inherit' });
  for (const page of ['runner/status/page/', 'site/page/'])
    for (const name of readdirSync(`${root}src/${page}`))
      if (/\.(html|css|svg)$/.test(name))
        copyFileSync(`${root}src/${page}${name}`, `${root}dist/${page}${name}`);
  // A browser loads no modules from a folder, so this page has one classic script of its parts, in the order of their imports.
  const folder = `${root}dist/site/page/`;
  const parts = ['plot-parts.js', 'charts.js'].map((name) => readFileSync(folder + name, 'utf8'));
  const plain = parts.map((text) => text.replaceAll(/^import [^;]*;\n/gm, '').replaceAll(/^export /gm, ''));
  writeFileSync(`${folder}charts.js`, `'use strict';\n{\n${plain.join('')}}\n`);
  rmSync(`${folder}plot-parts.js`);
} else {
  console.log('prepare: the TypeScript compiler is not installed; dist/ is left as it is.');
}
