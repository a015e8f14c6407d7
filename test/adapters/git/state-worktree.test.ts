// The state branch as a folder over real git: what a job changes there is pushed as a whole, and whatever a run left behind is healed.

import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type GitStateWorktreeOptions, gitStateWorktree } from '../../../src/adapters/git/state-worktree.ts';
import { packFrom, packIndexText } from '../../../src/adapters/state/month-pack.ts';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';
import { packIndexPath, packPath } from '../../../src/adapters/state/pack-paths.ts';
import { packedDisk } from '../../../src/adapters/state/packed-disk.ts';
import type { StateWorktree } from '../../../src/ports.ts';
import { commitFiles, emptyFolder, emptyRemote, gitAs, newRepository } from './repository.ts';

const BRANCH = 'warden-state';
const AT_MS = Date.UTC(2026, 10, 21, 10);
const AUTHOR = { name: 'warden[bot]', email: '7+warden[bot]@users.noreply.github.com' };

/** A remote whose branch has a commit of these files. */
function remoteWith(files: Readonly<Record<string, string>>): string {
  const remote = emptyRemote();
  pushFiles(remote, files);
  return remote;
}

/** Somebody else commits to the branch. */
function pushFiles(
  remote: string,
  files: Readonly<Record<string, string | Buffer>>,
  removed: readonly string[] = [],
): string {
  const other = newRepository(BRANCH);
  const isThere = gitAs(other, 'ls-remote', remote, `refs/heads/${BRANCH}`) !== '';
  if (isThere) gitAs(other, 'pull', '--quiet', remote, BRANCH);
  for (const path of removed) gitAs(other, 'rm', '--quiet', path);
  const commit = commitFiles(other, files);
  gitAs(other, 'push', '--quiet', remote, BRANCH);
  return commit;
}

function worktreeOf(
  remote: string,
  dir: string = join(emptyFolder(), 'data'),
  change: Partial<GitStateWorktreeOptions> = {},
): StateWorktree {
  return gitStateWorktree({
    url: `file://${remote}`,
    branch: BRANCH,
    dir,
    token: null,
    author: AUTHOR,
    folders: 'all',
    ...change,
  });
}

function write(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

const draft = { message: 'state: test', atMs: AT_MS } as const;

/** Text of a file on the remote's branch. */
function at(remote: string, path: string): string {
  return gitAs(remote, 'show', `${BRANCH}:${path}`);
}

describe('a state folder', () => {
  it('begins the branch with what says what it is, in the first commit', async () => {
    const remote = emptyRemote();
    const worktree = worktreeOf(remote);
    expect(await worktree.pull()).toBeNull();
    write(worktree.dir, 'runs/2026-11.jsonl', '{"a":1}\n');
    const commit = await worktree.commit(draft);
    expect(await worktree.push()).toBe('pushed');

    expect(gitAs(remote, 'rev-parse', BRANCH)).toBe(commit);
    expect(gitAs(remote, 'ls-tree', '-r', '--name-only', BRANCH).split('\n')).toEqual([
      '.gitattributes',
      '.gitignore',
      'README.md',
      'runs/2026-11.jsonl',
    ]);
    expect(at(remote, 'README.md')).toContain('# State of Warden');
    expect(gitAs(remote, 'log', '-1', '--format=%an <%ae> %at %ai|%cn <%ce> %ct|%s|%P', BRANCH)).toBe(
      `warden[bot] <${AUTHOR.email}> 1795255200 2026-11-21 10:00:00 +0000|warden[bot] <${AUTHOR.email}> 1795255200|state: test|`,
    );
  });

  it('goes on from the newest commit, and commits nothing where nothing changed', async () => {
    const remote = remoteWith({ 'runs/a.jsonl': '1\n' });
    const worktree = worktreeOf(remote);
    const base = await worktree.pull();
    expect(base).toBe(gitAs(remote, 'rev-parse', BRANCH));
    expect(await worktree.commit(draft)).toBeNull();
    appendFileSync(join(worktree.dir, 'runs/a.jsonl'), '2\n');
    const commit = await worktree.commit(draft);
    await worktree.push();

    expect(gitAs(remote, 'rev-parse', `${BRANCH}^`)).toBe(base);
    expect(gitAs(remote, 'rev-parse', BRANCH)).toBe(commit);
    expect(await worktree.commit(draft)).toBeNull();
    expect(await worktree.pull()).toBe(commit);
  });

  it('makes the same commit of the same change at the same instant', async () => {
    const remote = remoteWith({ 'a.json': '1' });
    const commits: (string | null)[] = [];
    for (const worktree of [worktreeOf(remote), worktreeOf(remote)]) {
      await worktree.pull();
      write(worktree.dir, 'a.json', '2');
      commits.push(await worktree.commit(draft));
    }

    expect(commits[0]).toBe(commits[1]);
  });

  it('is told that somebody was faster, and then begins with what they pushed', async () => {
    const remote = emptyRemote();
    const [first, second] = [worktreeOf(remote), worktreeOf(remote)];
    for (const worktree of [first, second]) {
      expect(await worktree.pull()).toBeNull();
      write(worktree.dir, `supervisor/${worktree === first ? 'a' : 'b'}.json`, '{}');
      await worktree.commit(draft);
    }
    expect(await first.push()).toBe('pushed');
    expect(await second.push()).toBe('rejected');
    const base = await second.pull();

    expect(base).toBe(gitAs(remote, 'rev-parse', BRANCH));
    expect(readdirSync(join(second.dir, 'supervisor'))).toEqual(['a.json']);
    write(second.dir, 'supervisor/b.json', '{}');
    await second.commit(draft);
    expect(await second.push()).toBe('pushed');
    expect(gitAs(remote, 'rev-list', '--count', BRANCH)).toBe('2');
  });

  it('drops what was not pushed, and keeps hidden files out of commits and out of harm', async () => {
    const remote = remoteWith({ 'supervisor/a.json': '1' });
    const worktree = worktreeOf(remote);
    await worktree.pull();
    write(worktree.dir, '.cache/supervise.json', 'cache');
    write(worktree.dir, 'new/.locks/x.lock', 'lock');
    expect(await worktree.commit(draft)).toBeNull();
    write(worktree.dir, 'supervisor/a.json', '2');
    await worktree.commit(draft);
    write(worktree.dir, 'supervisor/a.json', '3');
    write(worktree.dir, 'new/b.json', '3');
    await worktree.pull();

    expect(readFileSync(join(worktree.dir, 'supervisor/a.json'), 'utf8')).toBe('1');
    expect(existsSync(join(worktree.dir, 'new/b.json'))).toBe(false);
    expect(existsSync(join(worktree.dir, '.cache/supervise.json'))).toBe(true);
    expect(existsSync(join(worktree.dir, 'new/.locks/x.lock'))).toBe(true);
  });

  it('commits bytes as they are, whatever the branch or a person asks git to do with them', async () => {
    const remote = remoteWith({ '.gitattributes': '*.txt text eol=crlf ident\n', 'a.txt': '$Id$\n' });
    const worktree = worktreeOf(remote);
    await worktree.pull();
    expect(readFileSync(join(worktree.dir, 'a.txt'), 'utf8')).toBe('$Id$\n');
    write(worktree.dir, 'b.txt', 'a\r\nb\n');
    await worktree.commit(draft);
    await worktree.push();

    expect(gitAs(remote, 'cat-file', '-s', `${BRANCH}:b.txt`)).toBe('5');
  });

  it('commits new files and keeps hidden ones, whatever the branch has git ignore', async () => {
    const ignored = { '.gitignore': '*.jsonl\n!.*\n', 'supervisor/.gitignore': '*.json\n' };
    const remote = remoteWith(ignored);
    const worktree = worktreeOf(remote);
    await worktree.pull();
    write(worktree.dir, '.locks/run.lock', 'lock');
    write(worktree.dir, 'supervisor/.report.json.1a2b.tmp', 'half');
    for (const path of ['runs/2026-11.jsonl', 'supervisor/report.json']) write(worktree.dir, path, '{}');
    await worktree.commit(draft);
    await worktree.push();
    await worktree.pull();

    expect(gitAs(remote, 'ls-tree', '-r', '--name-only', BRANCH).split('\n')).toEqual(
      [...Object.keys(ignored), 'runs/2026-11.jsonl', 'supervisor/report.json'].sort(),
    );
    expect(existsSync(join(worktree.dir, '.locks/run.lock'))).toBe(true);
  });

  it.each(['.clone.json', '.kept/1/supervisor/sent.jsonl', '.locks/run.lock', '.LOCKS/run.lock'])(
    'refuses a branch with %s, which would take the place of its own',
    async (path) => {
      const remote = remoteWith({ 'a.json': '1' });
      const worktree = worktreeOf(remote);
      await worktree.pull();
      pushFiles(remote, { 'a.json': '2', [path]: 'x' });
      const own = readFileSync(join(worktree.dir, '.clone.json'), 'utf8');

      await expect(worktree.pull()).rejects.toMatchObject({
        kind: 'foreign',
        message: expect.stringContaining(`remove ${path.split('/', 1)[0]} from it`),
      });
      expect(readFileSync(join(worktree.dir, 'a.json'), 'utf8')).toBe('1');
      expect(readFileSync(join(worktree.dir, '.clone.json'), 'utf8')).toBe(own);
    },
  );

  it('takes the way to the remote from the person, and nothing else that they set up for their repositories', async () => {
    const remote = remoteWith({ 'a.txt': 'a\n' });
    const folder = emptyFolder();
    write(folder, 'hooks/pre-push', '#!/bin/sh\nexit 1\n');
    write(folder, 'ignored', '*.jsonl\n');
    for (const hook of readdirSync(join(folder, 'hooks'))) chmodSync(join(folder, 'hooks', hook), 0o755);
    write(
      folder,
      'config',
      `[core]
	hooksPath = ${folder}/hooks
	excludesFile = ${folder}/ignored
	autocrlf = true
[commit]
	gpgSign = true
[push]
	gpgSign = true
[init]
	templateDir = ${folder}
[url "file://${remote}"]
	insteadOf = desk:
`,
    );
    const before = process.env['GIT_CONFIG_GLOBAL'];
    process.env['GIT_CONFIG_GLOBAL'] = join(folder, 'config');
    onTestFinished(() => {
      if (before === undefined) delete process.env['GIT_CONFIG_GLOBAL'];
      else process.env['GIT_CONFIG_GLOBAL'] = before;
    });
    const worktree = worktreeOf(remote, undefined, { url: 'desk:' });
    await worktree.pull();
    expect(readFileSync(join(worktree.dir, 'a.txt'), 'utf8')).toBe('a\n');
    write(worktree.dir, 'runs/2026-11.jsonl', '{"a":1}\r\n');
    await worktree.commit(draft);
    expect(await worktree.push()).toBe('pushed');

    expect(gitAs(remote, 'cat-file', '-s', `${BRANCH}:runs/2026-11.jsonl`)).toBe('9');
  });

  it('has no history, and changes nothing of a repository around it', async () => {
    const remote = remoteWith({ 'a.json': '1' });
    pushFiles(remote, { 'a.json': '2' });
    const around = newRepository('main');
    commitFiles(around, { '.gitignore': '/state/data/\n' });
    const before = gitAs(around, 'config', '--list', '--local');
    const worktree = worktreeOf(remote, join(around, 'state/data'));
    await worktree.pull();

    expect(gitAs(worktree.dir, 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(gitAs(around, 'config', '--list', '--local')).toBe(before);
    expect(existsSync(join(around, '.git/shallow'))).toBe(false);
    expect(gitAs(around, 'status', '--porcelain')).toBe('');
    expect(gitAs(around, 'worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('may be named from where the process stands', async () => {
    const remote = remoteWith({ 'a.json': '1' });
    const dir = relative(process.cwd(), join(emptyFolder(), 'data'));
    const worktree = worktreeOf(remote, dir);
    await worktree.pull();

    expect(worktree.dir).toBe(resolve(dir));
    expect(readFileSync(join(worktree.dir, 'a.json'), 'utf8')).toBe('1');
  });

  it('pushes tags along, also on commits it has not, and leaves one alone that stands elsewhere', async () => {
    const remote = remoteWith({ 'a.json': '1' });
    const cited = gitAs(remote, 'rev-parse', BRANCH);
    const newest = pushFiles(remote, { 'a.json': '2' });
    gitAs(remote, 'tag', 'state/taken', cited);
    const warnings: string[] = [];
    const log = { warn: (message: string) => void warnings.push(message) };
    const worktree = worktreeOf(remote, undefined, { log });
    await worktree.pull();
    write(worktree.dir, 'a.json', '3');
    const commit = (await worktree.commit(draft)) ?? '';
    expect(await worktree.push({ 'state/old': cited, 'state/new': commit, 'state/taken': newest })).toBe(
      'pushed',
    );
    expect(await worktree.push({ 'state/old': cited })).toBe('pushed');

    expect(gitAs(remote, 'rev-parse', 'state/old')).toBe(cited);
    expect(gitAs(remote, 'rev-parse', 'state/new')).toBe(commit);
    expect(gitAs(remote, 'rev-parse', 'state/taken')).toBe(cited);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('state/taken [rejected] (already exists)');
  });

  it.each(['-x', '--upload-pack=x', 'a..b', 'a b', 'a.lock', 'a/.b', '@', 'x~1', '/a', 'a/', ''])(
    'is refused a branch called "%s"',
    async (branch) => {
      const worktree = worktreeOf(emptyRemote(), undefined, { branch });

      await expect(worktree.pull()).rejects.toMatchObject({ kind: 'forbidden' });
    },
  );

  it('says that the branch is gone, and keeps what may be the last copy of it', async () => {
    const remote = remoteWith({ 'a.json': '1' });
    const worktree = worktreeOf(remote);
    const commit = await worktree.pull();
    gitAs(remote, 'update-ref', '-d', `refs/heads/${BRANCH}`);

    await expect(worktree.pull()).rejects.toMatchObject({
      kind: 'foreign',
      message: expect.stringContaining(`where it was at ${commit}`),
    });
    expect(readFileSync(join(worktree.dir, 'a.json'), 'utf8')).toBe('1');
  });
});

describe('a folder that is not ours', () => {
  it.each([
    ['files of somebody', (dir: string) => write(dir, 'a.txt', 'x')],
    ['a repository of somebody', (dir: string) => void newRepository('main', dir)],
  ])('with %s is left as it is', async (_case, fill) => {
    const dir = emptyFolder();
    fill(dir);
    const before = readdirSync(dir);

    await expect(worktreeOf(emptyRemote(), dir).pull()).rejects.toMatchObject({
      kind: 'foreign',
      message: expect.stringContaining('name another one with --state'),
    });
    expect(readdirSync(dir)).toEqual(before);
  });

  it('is the copy of another branch or of another remote', async () => {
    const remote = remoteWith({ 'a.json': '1' });
    const worktree = worktreeOf(remote);
    await worktree.pull();

    for (const other of [
      worktreeOf(remote, worktree.dir, { branch: 'other' }),
      worktreeOf(emptyRemote(), worktree.dir),
    ])
      await expect(other.pull()).rejects.toMatchObject({ kind: 'foreign' });
  });

  it('is one that is empty, or has hidden files only: those are taken', async () => {
    const dir = emptyFolder();
    write(dir, '.locks/run.lock', 'x');

    expect(await worktreeOf(emptyRemote(), dir).pull()).toBeNull();
    expect(existsSync(join(dir, '.locks/run.lock'))).toBe(true);
  });
});

describe('what a killed run leaves behind', () => {
  const HARM: readonly (readonly [string, (gitDir: string) => void])[] = [
    ['a locked index', (gitDir) => writeFileSync(join(gitDir, 'index.lock'), '')],
    ['a locked list of shallow commits', (gitDir) => writeFileSync(join(gitDir, 'shallow.lock'), '')],
    ['a locked branch', (gitDir) => writeFileSync(join(gitDir, `refs/heads/${BRANCH}.lock`), '')],
    ['half a merge', (gitDir) => writeFileSync(join(gitDir, 'MERGE_HEAD'), `${'0'.repeat(40)}\n`)],
    ['half an index', (gitDir) => truncateSync(join(gitDir, 'index'), 20)],
    ['no index', (gitDir) => rmSync(join(gitDir, 'index'))],
    ['no objects', (gitDir) => rmSync(join(gitDir, 'objects'), { recursive: true })],
    ['an empty configuration', (gitDir) => truncateSync(join(gitDir, 'config'), 0)],
    ['half a configuration', (gitDir) => truncateSync(join(gitDir, 'config'), 5)],
    ['an empty head', (gitDir) => truncateSync(join(gitDir, 'HEAD'), 0)],
    ['a head on another branch', (gitDir) => writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n')],
    ['half a clone', (gitDir) => rmSync(join(gitDir, 'info'), { recursive: true })],
    ['no clone', (gitDir) => rmSync(gitDir, { recursive: true })],
  ];

  it.each(HARM)('is healed: %s', async (_case, harm) => {
    const remote = remoteWith({ 'supervisor/sent.jsonl': '{"id":"a"}\n', 'supervisor/a.json': '1' });
    const worktree = worktreeOf(remote);
    await worktree.pull();
    appendFileSync(join(worktree.dir, 'supervisor/sent.jsonl'), '{"id":"b"}\n');
    write(worktree.dir, 'supervisor/a.json', 'half');
    await worktree.commit(draft);
    harm(join(worktree.dir, '.git'));
    const newest = pushFiles(remote, { 'supervisor/sent.jsonl': '{"id":"a"}\n{"id":"c"}\n' });

    expect(await worktreeOf(remote, worktree.dir).pull()).toBe(newest);
    expect(readFileSync(join(worktree.dir, 'supervisor/a.json'), 'utf8')).toBe('1');
    expect(readFileSync(join(worktree.dir, 'supervisor/sent.jsonl'), 'utf8')).toBe(
      '{"id":"a"}\n{"id":"c"}\n{"id":"b"}\n',
    );
    await worktree.commit(draft);
    expect(await worktree.push()).toBe('pushed');
    expect(at(remote, 'supervisor/sent.jsonl')).toContain('"b"');
  });
});

describe('a producer that writes while the folder is brought up to date', () => {
  const SHARD = 'alpha/events/emit/2026-11.jsonl';

  /** Has a command of git first append a line of its own to each file; the function that is returned ends that, and returns the lines. */
  function appendBefore(command: string, files: readonly string[]): () => readonly string[] {
    const bin = emptyFolder();
    const path = process.env['PATH'] ?? '';
    const lines = join(bin, 'lines');
    const appended = [...files, lines].map(
      (file) => `mkdir -p "$(dirname "${file}")" && echo "{\\"n\\":$$}" >> "${file}"`,
    );
    const script = [
      '#!/bin/sh',
      `case " $* " in *" ${command} "*)\n${appended.join('\n')}\nesac`,
      `exec "${gitAs(bin, '--exec-path')}/git" "$@"`,
    ];
    writeFileSync(join(bin, 'git'), `${script.join('\n')}\n`, { mode: 0o755 });
    process.env['PATH'] = `${bin}${delimiter}${path}`;
    const end = (): void => {
      process.env['PATH'] = path;
    };
    onTestFinished(end);
    return () => {
      end();
      return readFileSync(lines, 'utf8').trim().split('\n');
    };
  }

  it.each(
    ['fetch', 'clean', 'reset'].flatMap((command) =>
      (['all', ['alpha/events', 'packs']] as const).map((folders) => ({ command, folders })),
    ),
  )(
    'loses no line, in a file of the branch or in a new one: at $command of $folders',
    async ({ command, folders }) => {
      const remote = remoteWith({ [SHARD]: '{"e":1}\n' });
      const worktree = worktreeOf(remote, undefined, { folders });
      await worktree.pull();
      pushFiles(remote, { [SHARD]: '{"e":1}\n{"e":2}\n' });
      const begun = ['alpha/events/other/2026-11.jsonl', 'kernel/acks.jsonl'].map((path) =>
        join(worktree.dir, path),
      );
      const end = appendBefore(command, [join(worktree.dir, SHARD), ...begun]);
      await worktree.pull();
      const lines = end();

      const text = `${lines.join('\n')}\n`;
      expect(readFileSync(join(worktree.dir, SHARD), 'utf8')).toBe(`{"e":1}\n{"e":2}\n${text}`);
      expect(begun.map((file) => readFileSync(file, 'utf8'))).toEqual([text, text]);
    },
  );

  it.each(['rev-parse', 'fetch', 'clean', 'reset'])(
    'hides nothing of a month that others packed meanwhile: at %s',
    async (command) => {
      const remote = remoteWith({ 'a.json': '1' });
      const worktree = worktreeOf(remote);
      await worktree.pull();
      const { index, pack } = packFrom('2026-11-signals', new Map([[SHARD, Buffer.from('{"packed":1}\n')]]));
      pushFiles(remote, { [packIndexPath(index.pack)]: packIndexText(index), [packPath(index)]: pack });
      const end = appendBefore(command, [join(worktree.dir, SHARD)]);
      await worktree.pull();
      const lines = end();

      const read = packedDisk(nodeDisk(worktree.dir)).read(SHARD)?.toString();
      expect(read).toBe(['{"packed":1}', ...lines, ''].join('\n'));
    },
  );

  it('keeps no file that a job computes again', async () => {
    const worktree = worktreeOf(remoteWith({ 'a.json': '1' }));
    await worktree.pull();
    const paths = ['alpha/rejects/emit/2026-11.jsonl', 'alpha/rejects/reconcile/2026-11.jsonl'];
    for (const path of paths) write(worktree.dir, path, '{"r":1}\n');
    await worktree.pull();

    expect(paths.map((path) => existsSync(join(worktree.dir, path)))).toEqual([true, false]);
  });
});

describe('a sparse folder', () => {
  const FILES = {
    'README.md': 'r',
    'alpha/events/emit/2026-11.jsonl': '{"e":1}\n',
    'alpha/pending.json': '{}',
    'supervisor/sent.jsonl': '{"id":"a"}\n',
  };

  it('has what was mounted, with the files above it, and commits without losing the rest', async () => {
    const remote = remoteWith(FILES);
    const worktree = worktreeOf(remote, undefined, { folders: ['alpha/events'] });
    await worktree.pull();
    expect(readdirSync(join(worktree.dir, 'alpha')).sort()).toEqual(['events', 'pending.json']);
    expect(existsSync(join(worktree.dir, 'supervisor'))).toBe(false);
    write(worktree.dir, 'alpha/events/ingest/2026-11.jsonl', '{"e":2}\n');
    await worktree.commit(draft);
    await worktree.push();

    expect(gitAs(remote, 'ls-tree', '-r', '--name-only', BRANCH).split('\n')).toEqual(
      [...Object.keys(FILES), 'alpha/events/ingest/2026-11.jsonl'].sort(),
    );
  });

  it('refuses to commit what was written beside it, since that is not the whole file', async () => {
    const worktree = worktreeOf(remoteWith(FILES), undefined, { folders: ['alpha/events'] });
    await worktree.pull();
    write(worktree.dir, 'supervisor/sent.jsonl', '{"id":"b"}\n');

    await expect(worktree.commit(draft)).rejects.toThrow('supervisor/sent.jsonl');
  });

  it('mounts other folders the next time, all of them too, and loses no line on the way', async () => {
    const remote = remoteWith(FILES);
    const dir = join(emptyFolder(), 'data');
    await worktreeOf(remote, dir).pull();
    appendFileSync(join(dir, 'supervisor/sent.jsonl'), '{"id":"b"}\n');
    const narrow = worktreeOf(remote, dir, { folders: ['alpha/events'] });
    await narrow.pull();
    expect(readFileSync(join(dir, 'supervisor/sent.jsonl'), 'utf8')).toBe('{"id":"a"}\n{"id":"b"}\n');
    await narrow.commit(draft);
    await narrow.push();
    await narrow.pull();
    await worktreeOf(remote, dir, { folders: ['alpha/events'] }).pull();
    expect(existsSync(join(dir, 'supervisor'))).toBe(false);
    await worktreeOf(remote, dir).pull();

    expect(readFileSync(join(dir, 'supervisor/sent.jsonl'), 'utf8')).toBe('{"id":"a"}\n{"id":"b"}\n');
    expect(readFileSync(join(dir, 'alpha/pending.json'), 'utf8')).toBe('{}');
  });
});
