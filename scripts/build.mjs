// Builds dist/ from src/. As the `prepare` script it does nothing where the compiler is absent (`npm ci --omit=dev`).
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = `${root}node_modules/typescript/bin/tsc`;
if (existsSync(tsc)) {
  rmSync(`${root}dist`, { recursive: true, force: true });
  execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit' });
} else {
  console.log('prepare: the TypeScript compiler is not installed; dist/ is left as it is.');
}
