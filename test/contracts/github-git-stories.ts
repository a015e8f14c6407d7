// What GitHub does with commits, branches and files.

import { expect } from 'vitest';
import {
  at,
  base64,
  branchWith,
  commitOn,
  fileAt,
  refusalOf,
  type Story,
  story,
  tipOf,
} from './github-story.ts';

export const GIT_STORIES: readonly Story[] = [
  story('writes a commit from a tree and a new branch, and shows its file there alone', async (github) => {
    const sha = await branchWith(github, 'data', 'config/a.yaml', 'a: 1\n');

    expect((await fileAt(github, 'data', 'config/a.yaml')).text).toBe('a: 1\n');
    expect((await fileAt(github, 'data', 'README.md')).text).not.toBe('');
    const missing = github.app.rest.repos.getContent({ ...at(github), path: 'config/a.yaml', ref: 'main' });
    expect((await refusalOf(missing)).status).toBe(404);
    const { data } = await github.app.rest.repos.getCommit({ ...at(github), ref: 'data' });
    expect(data).toMatchObject({ sha, commit: { message: 'Write config/a.yaml' } });
  }),
  story('keeps a blob of any bytes', async (github) => {
    const { git } = github.app.rest;
    const content = Buffer.from([0, 255, 10, 13, 128]).toString('base64');
    const { data: made } = await git.createBlob({ ...at(github), content, encoding: 'base64' });
    const { data: read } = await git.getBlob({ ...at(github), file_sha: made.sha });

    expect(read.content.replaceAll('\n', '')).toBe(content);
    expect(read.size).toBe(5);
  }),
  story('lists a tree with what is below it when asked', async (github) => {
    await branchWith(github, 'tree', 'deep/er/file.txt', 'x');
    const { data } = await github.app.rest.git.getTree({ ...at(github), tree_sha: 'tree', recursive: '1' });

    expect(data.truncated).toBe(false);
    expect(data.tree.map(({ path }) => path)).toContain('deep/er/file.txt');
  }),
  story('refuses to make a branch that exists', async (github) => {
    const sha = await branchWith(github, 'once', 'once.txt', 'x');
    const again = github.app.rest.git.createRef({ ...at(github), ref: 'refs/heads/once', sha });

    expect(await refusalOf(again)).toMatchObject({
      status: 422,
      text: expect.stringContaining('Reference already exists'),
    });
  }),
  story('moves a branch forward, but not aside unless forced', async (github) => {
    const { git } = github.app.rest;
    const first = await branchWith(github, 'moved', 'moved.txt', 'one');
    const second = await commitOn(github, first, 'moved.txt', 'two');
    const aside = await commitOn(github, await tipOf(github, 'main'), 'moved.txt', 'aside');
    await git.updateRef({ ...at(github), ref: 'heads/moved', sha: second });

    const refused = git.updateRef({ ...at(github), ref: 'heads/moved', sha: aside });
    expect(await refusalOf(refused)).toMatchObject({
      status: 422,
      text: expect.stringMatching(/Update is not a fast.forward/),
    });
    expect(await tipOf(github, 'moved')).toBe(second);
    await git.updateRef({ ...at(github), ref: 'heads/moved', sha: aside, force: true });
    expect(await tipOf(github, 'moved')).toBe(aside);
  }),
  story('deletes a branch, and finds branches by the beginning of their name', async (github) => {
    const { git } = github.app.rest;
    await branchWith(github, 'warden/one', 'one.txt', 'x');
    await branchWith(github, 'warden/two', 'two.txt', 'x');
    await git.deleteRef({ ...at(github), ref: 'heads/warden/one' });

    const { data } = await git.listMatchingRefs({ ...at(github), ref: 'heads/warden/' });
    expect(data.map(({ ref }) => ref)).toEqual(['refs/heads/warden/two']);
    expect((await refusalOf(tipOf(github, 'warden/one'))).status).toBe(404);
  }),
  story('writes, changes and deletes a file through its path', async (github) => {
    const { repos } = github.app.rest;
    const file = { ...at(github), branch: 'contents', path: 'notes/a.md' };
    await branchWith(github, 'contents', 'seed.txt', 'x');
    const made = await repos.createOrUpdateFileContents({
      ...file,
      message: 'Add',
      content: base64('one\n'),
    });
    expect(made.status).toBe(201);
    const before = await fileAt(github, 'contents', file.path);
    const changed = await repos.createOrUpdateFileContents({
      ...file,
      message: 'Change',
      content: base64('two\n'),
      sha: before.sha,
    });
    expect(changed.status).toBe(200);
    expect(await tipOf(github, 'contents')).toBe(changed.data.commit.sha);

    const after = await fileAt(github, 'contents', file.path);
    expect(after.text).toBe('two\n');
    await repos.deleteFile({ ...file, message: 'Delete', sha: after.sha });
    expect((await refusalOf(fileAt(github, 'contents', file.path))).status).toBe(404);
  }),
  story('refuses to write over a file whose content the caller does not know', async (github) => {
    const { repos } = github.app.rest;
    await branchWith(github, 'stale', 'stale.txt', 'one');
    const file = { ...at(github), branch: 'stale', path: 'stale.txt', message: 'Write' };
    const { sha } = await fileAt(github, 'stale', 'stale.txt');
    await repos.createOrUpdateFileContents({ ...file, content: base64('two'), sha });

    const stale = repos.createOrUpdateFileContents({ ...file, content: base64('three'), sha });
    expect((await refusalOf(stale)).status).toBe(409);
    const blind = repos.createOrUpdateFileContents({ ...file, content: base64('three') });
    expect((await refusalOf(blind)).status).toBe(422);
    expect((await fileAt(github, 'stale', 'stale.txt')).text).toBe('two');
  }),
  story('compares two branches', async (github) => {
    await branchWith(github, 'compared', 'compared.txt', 'x');
    const { data } = await github.app.rest.repos.compareCommitsWithBasehead({
      ...at(github),
      basehead: 'main...compared',
    });

    expect(data).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1 });
    expect(data.files?.map(({ filename }) => filename)).toEqual(['compared.txt']);
  }),
];
