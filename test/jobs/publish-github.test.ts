// Publishing as a whole: every part runs, a second run changes nothing, a broken configuration is told of and touches nothing.

import { describe, expect, it } from 'vitest';
import { saveSettings } from '../../src/adapters/state/settings-store.ts';
import { GitHubError } from '../../src/domain/github.ts';
import { markerKind, markerLine } from '../../src/domain/marker.ts';
import { isoFromMs } from '../../src/domain/time.ts';
import type { Receipt } from '../../src/domain/verdict.ts';
import { effectReceipts } from '../../src/jobs/effect-receipts.ts';
import { publishToGitHub } from '../../src/jobs/publish-github.ts';
import { readPublishContext } from '../../src/jobs/read-publish-context.ts';
import { owedMail } from '../../src/supervision/outbox.ts';
import { aDisableVerdict, aMetaReport, anAck, aReceipt } from '../domain/record-builders.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import type { MemoryGitHub } from '../fakes/memory-github.ts';
import { MAIN } from '../fakes/memory-world.ts';
import { aRepository, configFiles, NOW_MS, ownBodies, quietLog } from './publish-world.ts';
import { worldSettings } from './supervise-world.ts';
import { aSupervisedDisk } from './supervised-state.ts';

const OPTIONS = { nowMs: NOW_MS, stateCommit: 'd'.repeat(40), codeVersion: '1.0.0' };
const FILE = 'config/kill-list.yaml';
const SPACING = worldSettings().warden.divergence;

async function publish(github: MemoryGitHub, disk: MemoryDisk = aSupervisedDisk()) {
  return await publishToGitHub({ github, disk, log: quietLog }, OPTIONS);
}

function openPulls({ world }: MemoryGitHub) {
  return [...world.pulls.values()].filter(({ state }) => state === 'open');
}

function configurationIssues({ world }: MemoryGitHub) {
  return [...world.issues.values()].filter(({ body }) => markerKind(body) === 'configuration');
}

/** The state after a run under these settings, so that they are the last good ones. */
function aDiskWithSettings(settings = worldSettings()): MemoryDisk {
  const disk = aSupervisedDisk();
  saveSettings(disk, settings);
  const report = aMetaReport({ config_hash: settings.config_hash });
  disk.replace('supervisor/meta_report.json', JSON.stringify(report));
  return disk;
}

describe('publishing', () => {
  it('opens what is called for and keeps the dashboard', async () => {
    const github = aRepository();
    const published = await publish(github);

    expect(published.failed).toEqual([]);
    expect(openPulls(github)).toHaveLength(1);
    expect([...github.world.issues.values()].map(({ body }) => markerKind(body))).toContain('dashboard');
    expect([...github.world.checks.values()].map(({ name }) => name)).toContain('warden/proposal');
  });

  it('writes nothing the second time', async () => {
    const github = aRepository();
    await publish(github);
    const writes = github.world.writes().length;
    const again = await publish(github);

    expect(github.world.writes().slice(writes)).toEqual([]);
    expect(again.effects.every(({ outcome }) => outcome === 'already_done')).toBe(true);
  });

  it('goes on with every part where one fails, and says what is owed', async () => {
    const github = aRepository();
    github.world.fault = ({ operation }) => (operation === 'createPull' ? 'before' : null);
    const published = await publish(github);

    expect(published.failed).toMatchObject([{ what: 'open [AUTO] Disable strategy: macro (macro/1)' }]);
    expect([...github.world.issues.values()].map(({ body }) => markerKind(body))).toContain('dashboard');
  });

  it('owes no checks where the token is one that can never write them, and says so', async () => {
    const github = aRepository();
    const refused = new GitHubError('forbidden', 403, 'startCheck: GitHub answered 403');
    github.world.fault = ({ operation }) => (operation === 'startCheck' ? refused : null);
    const warnings: string[] = [];
    const log = { ...quietLog, warn: (message: string) => void warnings.push(message) };
    const published = await publishToGitHub({ github, disk: aSupervisedDisk(), log }, OPTIONS);

    expect(published.failed).toEqual([]);
    expect(warnings.join()).toContain('need the token of the app');
  });

  it('says that nothing could be read where GitHub does not answer', async () => {
    const github = aRepository();
    github.world.fault = () => 'before';

    expect((await publish(github)).failed).toMatchObject([{ what: 'read what is at GitHub' }]);
  });

  it('takes a merge that happens meanwhile for a merge, not for one that was taken back', async () => {
    const github = aRepository();
    await publish(github);
    const [pull] = openPulls(github);
    github.world.fault = ({ operation }) => {
      const isOpen = openPulls(github).length > 0;
      // Between the list of pull requests and the read of the default branch.
      if (operation === 'head' && isOpen) github.world.merge(pull?.number ?? 0, 'ada');
      return null;
    };
    const published = await publish(github);

    expect(published.effects.map(({ outcome }) => outcome)).not.toContain('vetoed');
    expect(published.failed).toEqual([]);
    expect(github.world.fileOn(MAIN, FILE)).toContain('status: DISABLED');
  });
});

describe('a configuration that is broken on the default branch', () => {
  function broken(github: MemoryGitHub): MemoryGitHub {
    github.world.push(MAIN, { [FILE]: 'macro:\n  max_cvar_sigma: -1\n' }, 'ada');
    return github;
  }

  it('is told in one issue with place and problem, and no pull request is touched', async () => {
    const github = aRepository();
    await publish(github, aDiskWithSettings());
    const [before] = openPulls(github);
    broken(github);
    const published = await publish(github, aDiskWithSettings());
    await publish(github, aDiskWithSettings());

    expect(published.problems).toHaveLength(1);
    expect(configurationIssues(github)).toHaveLength(1);
    expect(configurationIssues(github)[0]).toMatchObject({ state: 'open', labels: ['warden'] });
    expect(configurationIssues(github)[0]?.body).toContain('kill-list.yaml:2:3');
    expect(openPulls(github)).toEqual([before]);
  });

  it('stops all but the issue where no earlier configuration is known', async () => {
    const github = broken(aRepository());
    await publish(github);

    expect(github.world.writes().map(({ operation }) => operation)).toEqual(['createIssue']);
  });

  it('closes the issue when it is well again', async () => {
    const github = broken(aRepository());
    await publish(github, aDiskWithSettings());
    github.world.push(MAIN, configFiles(worldSettings()), 'ada');
    await publish(github, aDiskWithSettings());
    const [issue] = configurationIssues(github);

    expect(issue).toMatchObject({ state: 'closed', closedBy: 'warden[bot]' });
    expect(ownBodies(github, issue?.number ?? 0).at(-1)).toContain('Mended');
  });

  it('is not told again to who closed the issue, until something else is wrong', async () => {
    const github = broken(aRepository());
    await publish(github, aDiskWithSettings());
    const [issue] = configurationIssues(github);
    Object.assign(github.world.issues.get(issue?.number ?? 0) ?? {}, { state: 'closed', closedBy: 'ada' });
    await publish(github, aDiskWithSettings());
    expect(configurationIssues(github)[0]?.state).toBe('closed');

    github.world.push(MAIN, { [FILE]: 'macro:\n  max_cvar_sigma: -2\n' }, 'ada');
    await publish(github, aDiskWithSettings());
    expect(configurationIssues(github)).toMatchObject([{ state: 'open' }]);
  });

  it('includes agents.yaml where it is lost', async () => {
    const github = aRepository();
    github.world.push(MAIN, { 'config/agents.yaml': null }, 'ada');

    expect((await publish(github, aDiskWithSettings())).problems[0]).toContain('agents were known before');
  });

  it('is not believed of an issue that somebody else opened', async () => {
    const github = aRepository();
    const body = markerLine('configuration', { v: 1, problems_sha256: 'a'.repeat(64) });
    github.world.issues.set(50, {
      ...{ number: 50, url: 'u', title: 't', body, author: 'mallory', state: 'open' },
      ...{ closedBy: null, labels: ['warden'] },
    });
    await publish(github);

    expect(github.world.issues.get(50)?.state).toBe('open');
  });
});

describe('the context of publishing', () => {
  async function contextOf(disk: MemoryDisk) {
    return await readPublishContext({ github: aRepository(), disk, log: quietLog }, OPTIONS);
  }

  it('holds the acknowledgements of the kernel, and knows where it cannot read them', async () => {
    const disk = aSupervisedDisk();
    disk.replace('kernel/acks.jsonl', `${JSON.stringify(anAck())}\n`);
    const damaged = aSupervisedDisk();
    damaged.replace('kernel/acks.jsonl', '{}\n');

    expect(await contextOf(disk)).toMatchObject({ ok: true, value: { acks: [anAck()] } });
    expect(await contextOf(damaged)).toMatchObject({ ok: true, value: { acks: null } });
  });

  it('is refused where alerts or gates cannot be read, since what they no longer call for would be withdrawn', async () => {
    for (const name of ['divergence_alerts', 'promotion']) {
      const disk = aSupervisedDisk();
      disk.replace(`supervisor/${name}.json`, '{');

      await expect(contextOf(disk)).rejects.toThrow(name);
    }
  });

  it('does not ask for the comments of pull requests that were closed long ago and are not called for', async () => {
    const github = aRepository();
    await publish(github);
    const [pull] = openPulls(github);
    github.world.close(pull?.number ?? 0, 'ada');
    Object.assign(github.world.pulls.get(pull?.number ?? 0) ?? {}, { closedAt: '2020-01-01T00:00:00.000Z' });
    const calls = github.world.calls.length;
    await readPublishContext({ github, disk: memoryDisk(), log: quietLog }, OPTIONS);

    expect(github.world.calls.slice(calls).map(({ operation }) => operation)).not.toContain('comments');
  });

  it('knows who closed a pull request long ago where it is called for, and lately in any case', async () => {
    const github = aRepository();
    await publish(github);
    const [pull] = openPulls(github);
    const number = pull?.number ?? 0;
    const closedBy = async (disk: MemoryDisk, closedAt: string) => {
      Object.assign(github.world.pulls.get(number) ?? {}, { closedAt });
      const read = await readPublishContext({ github, disk, log: quietLog }, OPTIONS);
      return read.ok ? read.value.proposals.map((each) => each.closedBy) : [];
    };
    github.world.close(number, 'ada');

    expect(await closedBy(aSupervisedDisk(), '2020-01-01T00:00:00.000Z')).toEqual(['ada']);
    expect(await closedBy(memoryDisk(), isoFromMs(NOW_MS))).toEqual(['ada']);
    expect(await closedBy(memoryDisk(), '2020-01-01T00:00:00.000Z')).toEqual([null]);
  });
});

describe('a receipt of what was done on GitHub', () => {
  const AT = { nowMs: NOW_MS, stateCommit: null };

  it('is written once for what the app did before, and again for each change', async () => {
    const github = aRepository();
    const { effects } = await publish(github);
    const first = effectReceipts(effects, [], AT);
    const known: Receipt[] = first.map((draft) => ({ ...draft, content_sha256: 'a'.repeat(64) }));
    const again = await publish(github);

    expect(first.map(({ outcome }) => outcome)).toContain('done');
    expect(effectReceipts(again.effects, known, AT)).toEqual([]);
    expect(effectReceipts(again.effects, [], AT)).toMatchObject([
      { effect: 'open_pull_request', outcome: 'already_done', target: openPulls(github)[0]?.url },
    ]);
  });

  it('ends the mails about a proposal that a person declined', async () => {
    const github = aRepository();
    await publish(github);
    github.world.close(openPulls(github)[0]?.number ?? 0, 'ada');
    const { effects } = await publish(github);
    const receipts = effectReceipts(effects, [], AT).map((draft) => aReceipt(draft));
    const verdicts = [aDisableVerdict()];

    expect(owedMail(verdicts, [], [], SPACING).owed).toHaveLength(1);
    expect(owedMail(verdicts, [], receipts, SPACING)).toMatchObject({
      owed: [],
      superseded: [{ kind: 'disable' }],
    });
  });
});
