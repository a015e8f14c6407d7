// Makes GitHub show what was decided. The job runs it after its push, the app on a push of the state: the second finds it done.

import { GitHubError } from '../domain/github.ts';
import { publishAcknowledgements } from './publish-acknowledgements.ts';
import { publishConfiguration } from './publish-configuration.ts';
import type {
  EffectDone,
  EffectFailed,
  PartPublished,
  PublishContext,
  PublishPorts,
} from './publish-context.ts';
import { publishDashboard } from './publish-dashboard.ts';
import { publishDivergence } from './publish-divergence.ts';
import { publishProposals } from './publish-proposals.ts';
import { type PublishGitHubOptions, readPublishContext, rereadProposals } from './read-publish-context.ts';
import { revalidateProposals } from './revalidate-proposal.ts';

export interface GitHubPublished {
  readonly effects: readonly EffectDone[];
  /** Still owed; the next run tries again. */
  readonly failed: readonly EffectFailed[];
  /** What is called for and deliberately not open, one sentence each. */
  readonly waiting: readonly string[];
  /** What is wrong with the configuration on the default branch, one line each. */
  readonly problems: readonly string[];
}

/** The label of the issue about a configuration that cannot be read, and so names none. */
const DEFAULT_LABEL = 'warden';

type Parts = { effects: EffectDone[]; failed: EffectFailed[]; waiting: string[] };

/**
 * Publishes the state on the disk. Every part is done even where another failed. Where the configuration on the default branch is
 * broken, an issue says so and nothing that depends on it is done.
 *
 * @throws CorruptStateError where the state cannot be read; then nothing was done.
 */
export async function publishToGitHub(
  ports: PublishPorts,
  options: PublishGitHubOptions,
): Promise<GitHubPublished> {
  const parts: Parts = { effects: [], failed: [], waiting: [] };
  try {
    const read = await readPublishContext(ports, options);
    const problems = read.ok ? read.value.problems : read.error.problems;
    const { repository } = read.ok ? read.value : read.error;
    await part(parts, 'the issue about the configuration', async () =>
      publishConfiguration(ports.github, {
        ...{ problems, defaultBranch: repository.defaultBranch, hasLastGood: read.ok },
        labels: read.ok ? read.value.settings.warden.github.labels : [DEFAULT_LABEL],
      }),
    );
    if (read.ok) await publishParts(ports, read.value, parts);
    return { ...parts, problems };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    parts.failed.push({ what: 'read what is at GitHub', error: error.message });
    return { ...parts, problems: [] };
  }
}

async function publishParts(ports: PublishPorts, read: PublishContext, parts: Parts): Promise<void> {
  const before = parts.effects.length;
  await part(parts, 'proposals', async () => {
    const published = await publishProposals(ports, read);
    parts.waiting.push(...published.waiting);
    return published;
  });
  let context = read;
  if (parts.effects.slice(before).some(({ outcome }) => outcome !== 'already_done')) {
    await part(parts, 'read the proposals again', async () => {
      context = { ...read, proposals: await rereadProposals(ports.github, read) };
      return { done: [], failed: [] };
    });
  }
  await part(parts, 'acknowledgements', async () => publishAcknowledgements(ports, context));
  await part(parts, 'comments about divergence', async () => publishDivergence(ports, context));
  await part(parts, 'checks of proposals', async () => {
    const { failed } = await revalidateProposals(ports, context);
    return { done: [], failed };
  });
  await part(parts, 'the dashboard', async () => publishDashboard(ports, context));
}

async function part(parts: Parts, what: string, publish: () => Promise<PartPublished>): Promise<void> {
  try {
    const { done, failed } = await publish();
    parts.effects.push(...done);
    parts.failed.push(...failed);
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    parts.failed.push({ what, error: error.message });
  }
}
