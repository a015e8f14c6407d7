// What a run publishes cites a commit that stays: the state of the pull request is tagged, whatever is done to the branch later.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageVersion } from '../../src/cli/context.ts';
import { registerRun } from '../../src/cli/run.ts';
import { publishToGitHub } from '../../src/jobs/publish-github.ts';
import { appEnv, connected } from '../adapters/github/connected.ts';
import { AT, type Hub, REPO, startHub } from '../adapters/github/local/hub.ts';
import { configFiles, quietLog } from '../jobs/publish-world.ts';
import { worldSettings } from '../jobs/supervise-world.ts';
import { aSupervisedDisk } from '../jobs/supervised-state.ts';
import { NOW_MS, runInMemory } from './memory-host.ts';

const STATE_BRANCH = 'warden-state';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-run-'));
  for (const [path, text] of Object.entries(configFiles(worldSettings()))) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** A repository whose state calls for a proposal, and its newest state. */
async function hubWithState(): Promise<Hub & { readonly state: string }> {
  const hub = await startHub();
  const { world } = hub.github;
  world.commitAs('ada', REPO, 'main', configFiles(worldSettings()), 'Configure');
  world.createBranchAs('ada', REPO, STATE_BRANCH);
  const state = world.commitAs('ada', REPO, STATE_BRANCH, aSupervisedDisk().dump(), 'Keep the state');
  return { ...hub, state };
}

async function supervise(hub: Hub) {
  const env = { ...appEnv(hub), GITHUB_SERVER_URL: hub.github.gitUrl(REPO).replace(`/${REPO}.git`, '') };
  return await runInMemory([registerRun], ['run', 'supervise', '--json'], { cwd, env });
}

/** Publishes what the job finds then. */
async function publishAsApp(hub: Hub, stateCommit: string) {
  const ports = { github: connected(hub).github, disk: aSupervisedDisk(), log: quietLog };
  return await publishToGitHub(ports, { nowMs: NOW_MS, stateCommit, codeVersion: packageVersion() });
}

async function taggedIn(hub: Hub): Promise<readonly string[]> {
  const { data } = await hub.app.git.listMatchingRefs({ ...AT, ref: 'tags/state' });
  return data.map(({ object }) => object.sha).sort();
}

it('tags the state that a pull request cites, and neither proposes nor tags again', async () => {
  const hub = await hubWithState();

  await supervise(hub);
  const { data: pull } = await hub.app.pulls.get({ ...AT, pull_number: 1 });
  const tagged = await hub.app.git.getRef({ ...AT, ref: `tags/state/${hub.state.slice(0, 12)}` });
  const again = await supervise(hub);
  const refs = await hub.app.git.listMatchingRefs({ ...AT, ref: 'tags/state' });

  expect(pull.title).toContain('[AUTO] Disable strategy: macro');
  expect(pull.body).toContain(hub.state);
  expect(tagged.data.object.sha).toBe(hub.state);
  expect(again.json()).toMatchObject({ pushed: false });
  expect(refs.data.map(({ ref }) => ref)).toEqual([tagged.data.ref]);
});

describe('a state that the app was faster to cite is tagged', () => {
  it('where it opened the pull request', async () => {
    const hub = await hubWithState();
    const byApp = await publishAsApp(hub, hub.state);

    await supervise(hub);

    expect(byApp.effects[0]).toMatchObject({ effect: 'open_pull_request', outcome: 'done' });
    expect(await taggedIn(hub)).toEqual([hub.state]);
  });

  it('where it wrote the pull request anew, which needs no other receipt', async () => {
    const hub = await hubWithState();
    await supervise(hub);
    const { world } = hub.github;
    const state = world.branchSha(REPO, STATE_BRANCH) ?? '';
    const other = (world.issue(REPO, 1).body ?? '').replace(
      /("evidence_sha256":")[0-9a-f]{64}/,
      `$1${'0'.repeat(64)}`,
    );
    world.editAs('ada', REPO, 1, { body: other });
    const byApp = await publishAsApp(hub, state);

    const again = await supervise(hub);

    expect(byApp.effects[0]).toMatchObject({ effect: 'update_pull_request', outcome: 'done' });
    expect(again.json()).toMatchObject({ pushed: false });
    expect(await taggedIn(hub)).toEqual([hub.state, state].sort());
  });
});
