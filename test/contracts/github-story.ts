// The words in which stories about GitHub are told: the client, the repository, and the steps that many stories begin with.

import type { Octokit } from '@octokit/rest';
import { expect } from 'vitest';

export interface ReceivedWebhook {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** A GitHub with one repository, whose branch `main` holds `README.md`. */
export interface ScenarioGitHub {
  /** Signed in as an installation of an App, with every permission that the stories need. */
  readonly app: Octokit;
  /** Signed in as a person who may write. */
  readonly user: Octokit;
  readonly owner: string;
  readonly repo: string;
  readonly webhookSecret: string;
  /** Returns what arrived at the App so far, after everything on its way has arrived. */
  webhooks(): Promise<readonly ReceivedWebhook[]>;
  close(): Promise<void>;
}

/** One thing that GitHub does. */
export interface Story {
  readonly title: string;
  run(github: ScenarioGitHub): Promise<void>;
}

/** Returns a story. */
export function story(title: string, run: (github: ScenarioGitHub) => Promise<void>): Story {
  return { title, run };
}

interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** Returns how GitHub refused, its message and its list of errors as one text; a success fails the test. */
export async function refusalOf(request: Promise<unknown>): Promise<Refusal> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') throw error;
    const data = 'response' in error ? JSON.stringify(error.response) : '';
    return { status: error.status, text: `${error.message} ${data}` };
  }
  return expect.fail('GitHub would have refused this request');
}

/** The place of the repository, as every request names it. */
export function at({ owner, repo }: ScenarioGitHub): { readonly owner: string; readonly repo: string } {
  return { owner, repo };
}

/** Returns the SHA that a branch points to. */
export async function tipOf(github: ScenarioGitHub, branch: string): Promise<string> {
  const { data } = await github.app.rest.git.getRef({ ...at(github), ref: `heads/${branch}` });
  return data.object.sha;
}

/** Makes a commit upon `parent` that writes one file, and returns its SHA. No branch moves. */
export async function commitOn(
  github: ScenarioGitHub,
  parent: string,
  path: string,
  content: string,
): Promise<string> {
  const { git } = github.app.rest;
  const { data: commit } = await git.getCommit({ ...at(github), commit_sha: parent });
  const { data: tree } = await git.createTree({
    ...at(github),
    base_tree: commit.tree.sha,
    tree: [{ path, mode: '100644', type: 'blob', content }],
  });
  const message = `Write ${path}`;
  const { data } = await git.createCommit({ ...at(github), message, tree: tree.sha, parents: [parent] });
  return data.sha;
}

/** Makes a branch from main with one file more. */
export async function branchWith(
  github: ScenarioGitHub,
  branch: string,
  path: string,
  content: string,
): Promise<string> {
  const sha = await commitOn(github, await tipOf(github, 'main'), path, content);
  await github.app.rest.git.createRef({ ...at(github), ref: `refs/heads/${branch}`, sha });
  return sha;
}

/** Opens a pull request from a new branch, and returns its number. */
export async function pullFrom(
  github: ScenarioGitHub,
  branch: string,
  content = `${branch}\n`,
): Promise<number> {
  await branchWith(github, branch, `${branch}.txt`, content);
  const { data } = await github.app.rest.pulls.create({
    ...at(github),
    title: `Propose ${branch}`,
    head: branch,
    base: 'main',
    body: 'because',
  });
  return data.number;
}

/** Opens an issue and returns its number. */
export async function issueCalled(github: ScenarioGitHub, title: string): Promise<number> {
  const { data } = await github.app.rest.issues.create({ ...at(github), title, body: 'hello' });
  return data.number;
}

/** Returns the blob and the text of a file on a branch. */
export async function fileAt(github: ScenarioGitHub, ref: string, path: string) {
  const { data } = await github.app.rest.repos.getContent({ ...at(github), path, ref });
  if (Array.isArray(data) || data.type !== 'file') return expect.fail(`${path} is no file`);
  return { sha: data.sha, text: Buffer.from(data.content, 'base64').toString('utf8') };
}

/** Returns a text as the contents API takes it. */
export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
