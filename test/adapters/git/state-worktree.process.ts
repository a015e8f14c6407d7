// A process that is killed before or after any step of git it takes: the next one goes on, and no line that only it knew is lost.

import { spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gitStateWorktree } from '../../../src/adapters/git/state-worktree.ts';
import { dropFolder } from '../../one-folder.ts';
import { commitFiles, gitAs, newRepository } from './repository.ts';

const BRANCH = 'warden-state';
const SENT = 'supervisor/sent.jsonl';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'worktree-process-'));
const worker = join(root, 'worker.mjs');
const bin = join(root, 'bin');
const realGit = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'git'))
  .find((path) => existsSync(path));

/** Counts its calls, and kills who called it at the one it was told. */
const KILLING_GIT = `#!/bin/sh
count=$(($(cat "$COUNT") + 1))
echo "$count" > "$COUNT"
[ "$count $WHEN" = "$KILL_AT before" ] && kill -9 "$PPID" && exit 1
"${realGit}" "$@"
code=$?
[ "$count $WHEN" = "$KILL_AT after" ] && kill -9 "$PPID"
exit "$code"
`;

beforeAll(() => {
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), KILLING_GIT, { mode: 0o755 });
  writeFileSync(
    worker,
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { gitStateWorktree } from ${JSON.stringify(join(repository, 'dist/adapters/git/state-worktree.js'))};

const [url = '', dir = '', done = ''] = process.argv.slice(2);
const author = { name: 'warden', email: 'warden@localhost.invalid' };
const worktree = gitStateWorktree({ url, branch: ${JSON.stringify(BRANCH)}, dir, token: null, author, folders: 'all' });
await worktree.pull();
mkdirSync(\`\${dir}/supervisor\`, { recursive: true });
appendFileSync(\`\${dir}/${SENT}\`, '{"id":"killed"}\\n');
writeFileSync(done, '');
writeFileSync(\`\${dir}/supervisor/a.json\`, 'half');
await worktree.commit({ message: 'state: killed', atMs: 0 });
await worktree.push();
`,
  );
});
afterAll(() => dropFolder(root));

interface World {
  readonly remote: string;
  readonly dir: string;
  readonly done: string;
}

function worldIn(folder: string): World {
  return { remote: join(folder, 'remote'), dir: join(folder, 'data'), done: join(folder, 'done') };
}

/** Makes a remote and, unless it is to be the first run, a folder that knows a line of its own and an older version of the branch. */
async function prepare(folder: string, isFirst: boolean): Promise<void> {
  const world = worldIn(folder);
  const { remote, dir } = world;
  mkdirSync(remote, { recursive: true });
  gitAs(remote, 'init', '--quiet', '--bare');
  if (isFirst) return;
  const other = join(folder, 'other');
  mkdirSync(other);
  newRepository(BRANCH, other);
  commitFiles(other, { [SENT]: '{"id":"a"}\n', 'supervisor/a.json': 'whole' });
  gitAs(other, 'push', '--quiet', remote, BRANCH);
  await worktreeOf(world).pull();
  appendFileSync(join(dir, SENT), '{"id":"kept"}\n');
  commitFiles(other, { [SENT]: '{"id":"a"}\n{"id":"b"}\n' });
  gitAs(other, 'push', '--quiet', remote, BRANCH);
}

function worktreeOf({ remote, dir }: World) {
  const author = { name: 'warden', email: 'warden@localhost.invalid' };
  return gitStateWorktree({
    url: `file://${remote}`,
    branch: BRANCH,
    dir,
    token: null,
    author,
    folders: 'all',
  });
}

function runKilled(
  { remote, dir, done }: World,
  killAt: number,
  when: string,
): Promise<number | string | null> {
  const count = `${done}.count`;
  writeFileSync(count, '0');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, `file://${remote}`, dir, done], {
      cwd: repository,
      env: {
        ...process.env,
        PATH: `${bin}${delimiter}${process.env['PATH']}`,
        COUNT: count,
        KILL_AT: String(killAt),
        WHEN: when,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}

/** Goes on in the folder of a run that was killed, and returns the ids of the lines that the branch has then. */
async function goOn(world: World): Promise<readonly string[]> {
  const worktree = worktreeOf(world);
  await worktree.pull();
  await worktree.commit({ message: 'state: next', atMs: 0 });
  expect(await worktree.push()).toBe('pushed');
  expect(existsSync(join(world.dir, '.kept'))).toBe(false);
  gitAs(world.remote, 'fsck', '--strict');
  const sent = join(world.dir, SENT);
  if (!existsSync(sent)) return [];
  expect(gitAs(world.remote, 'show', `${BRANCH}:${SENT}`)).toBe(readFileSync(sent, 'utf8').trim());
  return readFileSync(sent, 'utf8')
    .trim()
    .split('\n')
    .map((line) => /"id":"(\w+)"/.exec(line)?.[1] ?? line);
}

describe('a process that is killed at any step of git', () => {
  it.each([
    ['before', 'the first run of a folder and a branch', true, []],
    ['after', 'a run that takes over from others', false, ['a', 'b', 'kept']],
  ])(
    '%s it, in %s, leaves nothing that stops the next one, and loses no line',
    async (when, name, isFirst, lines) => {
      const folder = join(root, name.replaceAll(' ', '-'));
      const world = worldIn(folder);
      await prepare(folder, isFirst);
      cpSync(folder, `${folder}-kept`, { recursive: true });
      let kills = 0;
      for (
        let end = await runKilled(world, 1, when);
        end !== 0;
        end = await runKilled(world, kills + 1, when)
      ) {
        expect(end).toBe('SIGKILL');
        kills += 1;
        const wanted = existsSync(world.done) ? [...lines, 'killed'] : lines;
        expect([...(await goOn(world))].sort(), `step ${kills}`).toEqual([...wanted].sort());
        rmSync(folder, { recursive: true });
        cpSync(`${folder}-kept`, folder, { recursive: true });
      }

      expect(kills).toBeGreaterThan(10);
    },
  );
});
