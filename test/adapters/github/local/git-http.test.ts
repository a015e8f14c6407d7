// Clones, fetches and pushes with the real git program against the smart HTTP handler on loopback.

import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  answerLost,
  createFaults,
  droppedConnection,
  type Fault,
  type Faults,
  serverError,
} from '../../../../src/adapters/github/local/faults.ts';
import { type GitHttpOptions, gitHttpHandler } from '../../../../src/adapters/github/local/git-http.ts';
import { dropFolder } from '../../../one-folder.ts';

const run = promisify(execFile);
const ENV = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

interface Push {
  readonly fullName: string;
  readonly login: string;
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

let root: string;
let bare: string;
let server: Server;
let base: string;
let pushes: Push[];
let failures: unknown[];
let handled: Promise<boolean>[];

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd, env: ENV, encoding: 'utf8' }).trim();
}

/** Runs git beside this process, which serves it. */
async function gitAsync(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', args, { cwd, env: ENV });
  return stdout.trim();
}

function url(token: string, repo = 'acme/desk'): string {
  return `${base.replace('http://', `http://x-access-token:${token}@`)}/git/${repo}.git`;
}

const ACCESS: Readonly<Record<string, { readonly login: string; readonly canPush: boolean }>> = {
  writer: { login: 'warden[bot]', canPush: true },
  reader: { login: 'bob', canPush: false },
};

function authorize(_name: string, header: string | undefined, isPush: boolean) {
  if (header === undefined) return { status: 401 } as const;
  const token = Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString('utf8')
    .split(':')[1];
  const caller = ACCESS[token ?? ''];
  if (caller === undefined) return { status: 401 } as const;
  return isPush && !caller.canPush ? ({ status: 403 } as const) : { login: caller.login };
}

async function serve(more: Partial<GitHttpOptions> = {}): Promise<void> {
  const handle = gitHttpHandler({
    repositoryDir: (fullName) => (fullName === 'acme/desk' ? bare : null),
    authorize,
    pushed(fullName, login, before, after) {
      pushes.push({
        fullName,
        login,
        before: Object.fromEntries(before),
        after: Object.fromEntries(after),
      });
    },
    ...more,
  });
  server = createServer((request, response) => {
    const outcome = handle(request, response);
    handled.push(outcome);
    outcome.then(
      (isHandled) => {
        if (!isHandled) response.writeHead(418).end();
      },
      (error: unknown) => failures.push(error),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

async function stopServing(): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await Promise.allSettled(handled);
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'git-http-'));
  bare = join(root, 'desk.git');
  const seed = join(root, 'seed');
  git(root, 'init', '-q', '--bare', '-b', 'main', bare);
  git(root, 'init', '-q', '-b', 'main', seed);
  writeFileSync(join(seed, 'README.md'), 'one\n');
  git(seed, 'add', '.');
  git(seed, 'commit', '-q', '-m', 'one');
  writeFileSync(join(seed, 'README.md'), 'two\n');
  git(seed, 'commit', '-q', '-a', '-m', 'two');
  git(seed, 'push', '-q', bare, 'main');
  pushes = [];
  failures = [];
  handled = [];
  await serve();
});

afterEach(async () => {
  await stopServing();
  dropFolder(root);
});

async function clone(token: string, name: string, ...flags: string[]): Promise<string> {
  await gitAsync(root, 'clone', '-q', ...flags, url(token), name);
  return join(root, name);
}

async function commit(work: string, text: string): Promise<string> {
  writeFileSync(join(work, 'README.md'), text);
  await gitAsync(work, 'commit', '-q', '-a', '-m', text.trim());
  return gitAsync(work, 'rev-parse', 'HEAD');
}

describe('git over HTTP', () => {
  it('clones what the repository holds', async () => {
    const work = await clone('reader', 'work');

    expect(git(work, 'rev-list', '--count', 'HEAD')).toBe('2');
  });

  it('clones one commit, and leaves blobs out where asked to', async () => {
    const shallow = await clone('reader', 'shallow', '--depth', '1');
    const partial = await clone('reader', 'partial', '--filter=blob:none', '--no-checkout');

    expect(git(shallow, 'rev-list', '--count', 'HEAD')).toBe('1');
    expect(git(partial, 'rev-list', '--objects', '--missing=print', 'HEAD')).toMatch(/^\?[0-9a-f]{40}/m);
  });

  it('lets a single commit be fetched by its name', async () => {
    const first = git(bare, 'rev-parse', 'main~1');
    git(root, 'init', '-q', 'empty');

    await gitAsync(join(root, 'empty'), 'fetch', '-q', '--depth', '1', url('reader'), first);

    expect(git(join(root, 'empty'), 'rev-parse', 'FETCH_HEAD')).toBe(first);
  });

  it('tells of a push once, with the refs it moved, before the client hears of it', async () => {
    const work = await clone('writer', 'work');
    const from = git(bare, 'rev-parse', 'main');
    const to = await commit(work, 'three\n');

    await gitAsync(work, 'push', '-q', 'origin', 'HEAD:main', 'HEAD:refs/heads/topic');

    expect(pushes).toEqual([
      {
        fullName: 'acme/desk',
        login: 'warden[bot]',
        before: { 'refs/heads/main': from },
        after: { 'refs/heads/main': to, 'refs/heads/topic': to },
      },
    ]);
    expect(git(bare, 'rev-parse', 'main')).toBe(to);
  });

  it('tells of a branch that a push deletes', async () => {
    const work = await clone('writer', 'work');
    await gitAsync(work, 'push', '-q', 'origin', 'HEAD:refs/heads/topic');

    await gitAsync(work, 'push', '-q', 'origin', ':refs/heads/topic');

    expect(pushes[1]?.after).toEqual({});
    expect(Object.keys(pushes[1]?.before ?? {})).toEqual(['refs/heads/topic']);
  });

  it('counts nothing of what others write while a push runs', async () => {
    const work = await clone('writer', 'work');
    await stopServing();
    await serve({
      // Asked after the refs were announced and before the push is applied.
      authorize(name, header, isPush) {
        if (isPush) git(bare, 'update-ref', 'refs/heads/elsewhere', 'main');
        return authorize(name, header, isPush);
      },
    });
    await gitAsync(work, 'remote', 'set-url', 'origin', url('writer'));

    await gitAsync(work, 'push', '-q', 'origin', 'HEAD:refs/heads/topic');

    expect(Object.keys(pushes[0]?.after ?? {})).toEqual(['refs/heads/topic']);
  });

  it('says nothing of a push that is rejected because the branch moved on', async () => {
    const work = await clone('writer', 'work');
    const other = await clone('writer', 'other');
    await commit(other, 'theirs\n');
    await gitAsync(other, 'push', '-q', 'origin', 'HEAD:main');
    await commit(work, 'ours\n');

    await expect(gitAsync(work, 'push', '-q', 'origin', 'HEAD:main')).rejects.toThrow(/fetch first|rejected/);
    expect(pushes).toHaveLength(1);
  });

  it('refuses a push to the refs of pull requests', async () => {
    const work = await clone('writer', 'work');

    await expect(gitAsync(work, 'push', 'origin', 'HEAD:refs/pull/1/head')).rejects.toThrow(/hidden ref/);
    expect(pushes).toEqual([]);
  });

  it('refuses a push without write permission, and everybody without a token', async () => {
    const work = await clone('reader', 'work');
    await commit(work, 'three\n');

    await expect(gitAsync(work, 'push', 'origin', 'HEAD:main')).rejects.toThrow(/403/);
    await expect(gitAsync(root, 'clone', `${base}/git/acme/desk.git`, 'nobody')).rejects.toThrow(
      /could not read Username|401/,
    );
    expect(pushes).toEqual([]);
  });

  it('knows no other repository and no dumb protocol, and leaves other paths alone', async () => {
    const headers = { authorization: `Basic ${Buffer.from('x:reader').toString('base64')}` };
    const status = async (path: string) => (await fetch(`${base}${path}`, { headers })).status;

    expect(await status('/git/acme/none.git/info/refs?service=git-upload-pack')).toBe(404);
    expect(await status('/git/acme/desk.git/HEAD')).toBe(404);
    expect(await status('/git/acme/desk.git/info/refs')).toBe(404);
    expect(await status('/git/../desk.git/info/refs?service=git-upload-pack')).toBe(418);
    expect(await status('/repos/acme/desk')).toBe(418);
  });

  it('reads a compressed request', async () => {
    const answer = await fetch(`${base}/git/acme/desk.git/git-upload-pack`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('x:reader').toString('base64')}`,
        'content-type': 'application/x-git-upload-pack-request',
        'content-encoding': 'gzip',
        'git-protocol': 'version=2',
      },
      body: gzipSync('0014command=ls-refs\n0000'),
    });

    expect(await answer.text()).toContain('refs/heads/main');
  });

  it('refuses a body that is too long, whether its length is announced or not', async () => {
    await stopServing();
    await serve({ bodyBytesMax: 1000 });
    const headers = {
      authorization: `Basic ${Buffer.from('x:writer').toString('base64')}`,
      'content-type': 'application/x-git-receive-pack-request',
    };
    const send = (more: Readonly<Record<string, string>>) =>
      new Promise<number | undefined>((resolve, reject) => {
        const target = `${base}/git/acme/desk.git/git-receive-pack`;
        const request = httpRequest(target, { method: 'POST', headers: { ...headers, ...more } });
        request.on('response', (answer) => resolve(answer.resume().statusCode));
        request.on('error', reject);
        request.end(Buffer.alloc(2000, '0'));
      });

    expect(await send({ 'content-length': '2000' })).toBe(413);
    expect(await send({ 'transfer-encoding': 'chunked' })).toBe(413);
  });

  it('stops its programs when the client goes away', async () => {
    const headers = {
      authorization: `Basic ${Buffer.from('x:reader').toString('base64')}`,
      'content-type': 'application/x-git-upload-pack-request',
    };
    const request = httpRequest(`${base}/git/acme/desk.git/git-upload-pack`, { method: 'POST', headers });
    request.on('error', () => undefined);
    // The rest of this request never comes, so the program would wait for ever.
    request.write('0014command=ls-refs\n');
    await once(server, 'request');
    request.destroy();

    // A request is handled once every program that writes to its answer has ended.
    expect(await handled.at(-1)).toBe(true);
    expect(failures).toEqual([]);
  });

  it('is done with a client that leaves in the middle of a long answer', async () => {
    const work = join(root, 'seed');
    // Bytes that cannot be compressed, and more of them than all buffers on the way hold.
    writeFileSync(join(work, 'noise'), randomBytes(8 * 1024 * 1024));
    git(work, 'add', '.');
    git(work, 'commit', '-q', '-m', 'noise');
    git(work, 'push', '-q', bare, 'main');
    const headers = {
      authorization: `Basic ${Buffer.from('x:reader').toString('base64')}`,
      'content-type': 'application/x-git-upload-pack-request',
      'git-protocol': 'version=2',
    };
    const request = httpRequest(`${base}/git/acme/desk.git/git-upload-pack`, { method: 'POST', headers });
    const want = `0032want ${git(bare, 'rev-parse', 'main')}\n`;
    request.end(`0011command=fetch0001${want}0009done\n0000`);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    await once(answer, 'readable');
    request.destroy();

    expect(answer.statusCode).toBe(200);
    expect(await handled.at(-1)).toBe(true);
    expect(failures).toEqual([]);
  });

  it('cuts the answer off and passes the error on where the news of a push cannot be taken', async () => {
    const work = await clone('writer', 'work');
    await commit(work, 'three\n');
    await stopServing();
    await serve({
      pushed() {
        throw new Error('the model refuses');
      },
    });
    await gitAsync(work, 'remote', 'set-url', 'origin', url('writer'));

    await expect(gitAsync(work, 'push', 'origin', 'HEAD:main')).rejects.toThrow();
    expect(failures).toEqual([new Error('the model refuses')]);
  });
});

describe('a planned fault', () => {
  const PUSH = /git-receive-pack$/;

  async function pushUnder(
    fault: Fault,
    times = 1,
  ): Promise<{ readonly work: string; readonly faults: Faults }> {
    const work = await clone('writer', 'work');
    await commit(work, 'three\n');
    const faults = createFaults();
    faults.plan({ method: 'POST', path: PUSH, actor: 'warden[bot]', times, fault });
    await stopServing();
    await serve({ fault: (request) => faults.next(request) });
    await gitAsync(work, 'remote', 'set-url', 'origin', url('writer'));
    return { work, faults };
  }

  it.each([
    ['a dropped connection', droppedConnection()],
    ['a server error', serverError(503)],
  ])('of %s keeps a push from taking effect', async (_what, fault) => {
    // The library under git may send a request once more where a connection that was used before ends without a word.
    const { work, faults } = await pushUnder(fault, Number.POSITIVE_INFINITY);
    const from = git(bare, 'rev-parse', 'main');

    await expect(gitAsync(work, 'push', 'origin', 'HEAD:main')).rejects.toThrow();
    expect(git(bare, 'rev-parse', 'main')).toBe(from);
    expect(pushes).toEqual([]);
    expect(faults.hits.length).toBeGreaterThan(0);
    faults.clear();
    await gitAsync(work, 'push', '-q', 'origin', 'HEAD:main');
    expect(pushes).toHaveLength(1);
  });

  it.each([
    ['ends', answerLost()],
    ['answers 502', answerLost(502)],
  ])('lets a push take effect and then %s', async (_what, fault) => {
    const { work } = await pushUnder(fault, 1);

    await expect(gitAsync(work, 'push', 'origin', 'HEAD:main')).rejects.toThrow();
    expect(git(bare, 'rev-parse', 'main')).toBe(git(work, 'rev-parse', 'HEAD'));
    expect(pushes).toHaveLength(1);
  });
});

describe('a folder without a repository', () => {
  it('answers 500 in place of a silent success', async () => {
    mkdirSync(join(root, 'hollow'));
    await stopServing();
    await serve({ repositoryDir: () => join(root, 'hollow') });
    const headers = { authorization: `Basic ${Buffer.from('x:reader').toString('base64')}` };
    const answer = await fetch(`${base}/git/acme/desk.git/info/refs?service=git-upload-pack`, { headers });

    expect(answer.ok).toBe(false);
  });
});
