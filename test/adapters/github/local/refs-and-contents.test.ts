// Branches, files and git objects of the local GitHub, as an App reads and writes them.

import { describe, expect, it } from 'vitest';
import { AT, type Hub, REPO, refusal, startHub } from './hub.ts';

const MISSING = '0123456789'.repeat(4);

async function mainSha({ app }: Hub): Promise<string> {
  return (await app.rest.git.getRef({ ...AT, ref: 'heads/main' })).data.object.sha;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A commit on top of `parent` that changes one file, made of git objects. */
async function commitOf({ app }: Hub, parent: string, path: string, text: string): Promise<string> {
  const tree = await app.rest.git.createTree({
    ...AT,
    base_tree: parent,
    tree: [{ path, mode: '100644', type: 'blob', content: text }],
  });
  const commit = await app.rest.git.createCommit({
    ...AT,
    message: `Change ${path}`,
    tree: tree.data.sha,
    parents: [parent],
  });
  return commit.data.sha;
}

describe('references', () => {
  it('are created once', async () => {
    const hub = await startHub();
    const sha = await mainSha(hub);
    const made = await hub.app.rest.git.createRef({ ...AT, ref: 'refs/heads/auto/a/b', sha });

    expect(made.data).toMatchObject({ ref: 'refs/heads/auto/a/b', object: { sha } });
    expect(
      await refusal(hub.app.rest.git.createRef({ ...AT, ref: 'refs/heads/auto/a/b', sha })),
    ).toMatchObject({
      status: 422,
      message: expect.stringContaining('Reference already exists'),
    });
  });

  it('are created by one of two that race for them', async () => {
    const hub = await startHub();
    const sha = await mainSha(hub);
    const make = () => hub.app.rest.git.createRef({ ...AT, ref: 'refs/heads/auto/x', sha });
    const outcomes = await Promise.allSettled([make(), make(), make()]);

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('need a commit that exists and a name git accepts', async () => {
    const hub = await startHub();
    const sha = await mainSha(hub);
    const make = (ref: string, at: string) => refusal(hub.app.rest.git.createRef({ ...AT, ref, sha: at }));

    expect(await make('refs/heads/a', MISSING)).toMatchObject({ status: 422 });
    expect(await make('refs/heads/a..b', sha)).toMatchObject({ status: 422 });
    expect(await make('heads/a', sha)).toMatchObject({ status: 422 });
  });

  it('cannot be made below another, because git keeps them as folders', async () => {
    const hub = await startHub();

    expect(
      await refusal(
        hub.app.rest.git.createRef({ ...AT, ref: 'refs/heads/main/below', sha: await mainSha(hub) }),
      ),
    ).toMatchObject({ status: 422 });
  });

  it('move forward, and back only by force', async () => {
    const hub = await startHub();
    const old = await mainSha(hub);
    const next = await commitOf(hub, old, 'a.txt', 'a\n');
    await hub.app.rest.git.updateRef({ ...AT, ref: 'heads/main', sha: next });
    const back = { ...AT, ref: 'heads/main', sha: old };

    expect(await refusal(hub.app.rest.git.updateRef(back))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Update is not a fast forward'),
    });
    expect((await hub.app.rest.git.updateRef({ ...back, force: true })).data.object.sha).toBe(old);
    expect(
      await refusal(hub.app.rest.git.updateRef({ ...AT, ref: 'heads/main', sha: MISSING })),
    ).toMatchObject({ status: 422 });
    expect(await refusal(hub.app.rest.git.updateRef({ ...AT, ref: 'heads/none', sha: old }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Reference does not exist'),
    });
  });

  it('are listed by what their names start with', async () => {
    const hub = await startHub();
    const sha = await mainSha(hub);
    for (const name of ['auto/b', 'auto/a', 'other'])
      await hub.app.rest.git.createRef({ ...AT, ref: `refs/heads/${name}`, sha });
    const found = await hub.app.rest.git.listMatchingRefs({ ...AT, ref: 'heads/auto/' });

    expect(found.data.map(({ ref }) => ref)).toEqual(['refs/heads/auto/a', 'refs/heads/auto/b']);
  });

  it('are deleted, but not the default branch', async () => {
    const hub = await startHub();
    await hub.app.rest.git.createRef({ ...AT, ref: 'refs/heads/x', sha: await mainSha(hub) });
    await hub.app.rest.git.deleteRef({ ...AT, ref: 'heads/x' });

    expect(hub.github.world.branchSha(REPO, 'x')).toBeNull();
    expect(await refusal(hub.app.rest.git.getRef({ ...AT, ref: 'heads/x' }))).toMatchObject({ status: 404 });
    expect(await refusal(hub.app.rest.git.deleteRef({ ...AT, ref: 'heads/x' }))).toMatchObject({
      status: 422,
    });
    expect(await refusal(hub.app.rest.git.deleteRef({ ...AT, ref: 'heads/main' }))).toMatchObject({
      status: 422,
    });
  });
});

describe('git objects', () => {
  it('make a commit of a blob, a tree and a parent, with the time of the clock', async () => {
    const hub = await startHub();
    const parent = await mainSha(hub);
    const blob = await hub.app.rest.git.createBlob({ ...AT, content: base64('stored'), encoding: 'base64' });
    const tree = await hub.app.rest.git.createTree({
      ...AT,
      base_tree: parent,
      tree: [
        { path: 'state/a.jsonl', mode: '100644', type: 'blob', sha: blob.data.sha },
        { path: 'src/deep/er/file.txt', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const commit = await hub.app.rest.git.createCommit({
      ...AT,
      message: 'Keep state',
      tree: tree.data.sha,
      parents: [parent],
    });
    const deep = await hub.app.rest.git.getTree({ ...AT, tree_sha: commit.data.sha, recursive: 'true' });
    const read = await hub.app.rest.git.getBlob({ ...AT, file_sha: blob.data.sha });

    expect(commit.data).toMatchObject({
      message: 'Keep state',
      author: { name: 'warden[bot]', date: '2026-11-21T10:00:00Z' },
      parents: [{ sha: parent }],
    });
    expect(deep.data.tree.map(({ path, type }) => `${type} ${path}`)).toEqual([
      'blob README.md',
      'tree config',
      'blob config/warden.yaml',
      'tree state',
      'blob state/a.jsonl',
    ]);
    expect(Buffer.from(read.data.content, 'base64').toString()).toBe('stored');
    expect((await hub.app.rest.git.getCommit({ ...AT, commit_sha: commit.data.sha })).data.tree.sha).toBe(
      tree.data.sha,
    );
  });

  it('refuse what does not exist', async () => {
    const hub = await startHub();
    const sha = await mainSha(hub);
    const commit = { ...AT, message: 'm', tree: sha, parents: [] };

    expect(await refusal(hub.app.rest.git.createCommit(commit))).toMatchObject({ status: 422 });
    expect(
      await refusal(
        hub.app.rest.git.createTree({
          ...AT,
          tree: [{ path: 'a', mode: '100644', type: 'blob', sha: MISSING }],
        }),
      ),
    ).toMatchObject({ status: 422 });
    expect(await refusal(hub.app.rest.git.getBlob({ ...AT, file_sha: MISSING }))).toMatchObject({
      status: 404,
    });
  });
});

describe('contents', () => {
  it('are read as a file, as a folder, and at any commit', async () => {
    const hub = await startHub();
    const before = await mainSha(hub);
    hub.github.world.commitAs('ada', REPO, 'main', { 'config/warden.yaml': 'a: 2\n' }, 'Change');
    const read = async (path: string, ref?: string) =>
      (await hub.app.rest.repos.getContent({ ...AT, path, ...(ref === undefined ? {} : { ref }) })).data;
    const now = await read('config/warden.yaml');
    const then = await read('config/warden.yaml', before);

    expect(now).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: `${base64('a: 2\n')}\n`,
      size: 5,
    });
    expect(then).toMatchObject({ size: 10 });
    expect(await read('config')).toMatchObject([{ name: 'warden.yaml', path: 'config/warden.yaml' }]);
    expect(await read('/')).toMatchObject([{ type: 'file' }, { type: 'dir' }, { type: 'dir' }]);
    expect(await refusal(read('config/none.yaml'))).toMatchObject({ status: 404 });
    expect(await refusal(read('README.md', 'no-branch'))).toMatchObject({ status: 404 });
  });

  it('come without their text above one megabyte', async () => {
    const hub = await startHub();
    hub.github.world.commitAs('ada', REPO, 'main', { 'big.txt': 'x'.repeat(1024 * 1024 + 1) }, 'Grow');
    const { data } = await hub.app.rest.repos.getContent({ ...AT, path: 'big.txt' });

    expect(data).toMatchObject({ encoding: 'none', content: '', size: 1024 * 1024 + 1 });
  });

  it('are made with 201, and changed only by who knows what is there', async () => {
    const hub = await startHub();
    const put = (text: string, sha?: string) =>
      hub.app.rest.repos.createOrUpdateFileContents({
        ...AT,
        path: 'a/b.txt',
        message: 'Write',
        content: base64(text),
        ...(sha === undefined ? {} : { sha }),
      });
    const made = await put('one');
    const sha = made.data.content?.sha;
    const changed = await put('two', sha);

    expect([made.status, changed.status]).toEqual([201, 200]);
    expect(await refusal(put('three'))).toMatchObject({
      status: 422,
      message: expect.stringContaining('"sha"'),
    });
    expect(await refusal(put('three', sha))).toMatchObject({
      status: 409,
      message: expect.stringContaining('a/b.txt does not match'),
    });
    expect(hub.github.world.fileText(REPO, 'main', 'a/b.txt')).toBe('two');
  });

  it('are written by one of two that read the same', async () => {
    const hub = await startHub();
    const { data } = await hub.app.rest.repos.getContent({ ...AT, path: 'README.md' });
    const sha = 'sha' in data ? data.sha : '';
    const put = (text: string) =>
      hub.app.rest.repos.createOrUpdateFileContents({
        ...AT,
        path: 'README.md',
        message: text,
        content: base64(text),
        sha,
      });
    const outcomes = await Promise.allSettled([put('a'), put('b')]);

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are removed with the folders that become empty', async () => {
    const hub = await startHub();
    const path = 'src/deep/er/file.txt';
    const { data } = await hub.app.rest.repos.getContent({ ...AT, path });
    const sha = 'sha' in data ? data.sha : '';
    await hub.app.rest.repos.deleteFile({ ...AT, path, sha, message: 'Drop' });

    expect(await refusal(hub.app.rest.repos.getContent({ ...AT, path: 'src' }))).toMatchObject({
      status: 404,
    });
    expect(await refusal(hub.app.rest.repos.deleteFile({ ...AT, path, sha, message: 'Drop' }))).toMatchObject(
      { status: 404 },
    );
  });

  it('cannot leave the repository', async () => {
    const hub = await startHub();
    const put = hub.app.rest.repos.createOrUpdateFileContents({
      ...AT,
      path: '../outside.txt',
      message: 'm',
      content: '',
    });

    expect(await refusal(put)).toMatchObject({ status: 422 });
  });
});

describe('commits', () => {
  it('are listed newest first, by branch and by path', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    world.commitAs('ada', REPO, 'main', { 'a.txt': '1' }, 'First');
    world.commitAs('ada', REPO, 'main', { 'b.txt': '1' }, 'Second');
    const list = async (path?: string) =>
      (await hub.app.rest.repos.listCommits({ ...AT, ...(path === undefined ? {} : { path }) })).data.map(
        ({ commit, author }) => [commit.message, author?.login],
      );

    expect(await list()).toEqual([
      ['Second', 'ada'],
      ['First', 'ada'],
      ['Initial commit', 'acme'],
    ]);
    expect(await list('a.txt')).toEqual([['First', 'ada']]);
  });

  it('tell what they changed, renames included', async () => {
    const hub = await startHub();
    const text = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join('');
    const { world } = hub.github;
    world.commitAs('ada', REPO, 'main', { 'old name.txt': text }, 'Add');
    world.commitAs('ada', REPO, 'main', { 'old name.txt': null, 'ü.txt': `${text}end\n` }, 'Move');
    const { data } = await hub.app.rest.repos.getCommit({ ...AT, ref: 'main' });

    const short = await hub.app.rest.repos.getCommit({ ...AT, ref: data.sha.slice(0, 8) });

    expect(short.data.sha).toBe(data.sha);
    expect(data.stats).toEqual({ total: 1, additions: 1, deletions: 0 });
    expect(data.files).toMatchObject([
      { filename: 'ü.txt', previous_filename: 'old name.txt', status: 'renamed', additions: 1 },
    ]);
  });

  it('are compared by branches, with how far they are apart', async () => {
    const hub = await startHub();
    const { world } = hub.github;
    world.createBranchAs('ada', REPO, 'side');
    world.commitAs('ada', REPO, 'side', { 'a.txt': '1' }, 'Side');
    world.commitAs('ada', REPO, 'main', { 'b.txt': '1' }, 'Main');
    const of = async (basehead: string) =>
      (await hub.app.rest.repos.compareCommitsWithBasehead({ ...AT, basehead })).data;

    expect(await of('main...side')).toMatchObject({
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
      files: [{ filename: 'a.txt' }],
    });
    expect((await of('main...main')).status).toBe('identical');
    expect(await refusal(of('main...none'))).toMatchObject({ status: 404 });
  });
});
