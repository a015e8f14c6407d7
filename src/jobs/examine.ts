// Asks GitHub how the repository is set up, for `warden doctor`. It only reads, and an answer that does not come is a fact too.

import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { newestHeartbeat, readAcks } from '../adapters/state/kernel-records.ts';
import { overlayDisk } from '../adapters/state/overlay-disk.ts';
import { GitHubError } from '../domain/github.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Disk, GitHub, GitHubActions, GitHubSetup } from '../ports.ts';
import type {
  Asked,
  DoctorFacts,
  GitHubFacts,
  IdentityFacts,
  KernelFacts,
  LocalFacts,
  ReadProbe,
} from '../supervision/doctor-facts.ts';

/** GitHub as one identity sees it. */
interface ExaminedGitHub {
  readonly github: GitHub;
  readonly setup: GitHubSetup;
  readonly actions: GitHubActions;
  /** Under which Warden is there. */
  readonly login: string;
  readonly app: IdentityFacts['app'];
}

interface ExamineOptions {
  readonly local: LocalFacts;
  /** The state folder, for where the state branch cannot be read. */
  readonly disk: Disk;
  readonly nowMs: number;
}

/** Why GitHub is not asked. `refused`: a token or a key was given, and something is wrong with it. */
interface NotConnected {
  readonly reason: string;
  readonly refused: boolean;
}

/** Returns everything that `diagnose` goes by. */
export async function examine(
  connection: Result<ExaminedGitHub, NotConnected>,
  { local, disk, nowMs }: ExamineOptions,
): Promise<DoctorFacts> {
  if (!connection.ok) {
    const why = unaskedOf(connection.error);
    // Without a folder, and without GitHub, nothing is known of the kernel.
    const kernel = local.stateFolder.kind === 'absent' ? why : kernelFrom(disk);
    return { nowMs, local, gitHub: notAsked(connection.error), kernel };
  }
  const gitHub = await gitHubFacts(connection.value, local.wanted?.stateBranch ?? null);
  const head = gitHub.stateHead.ok ? gitHub.stateHead.value : null;
  const kernel = head === null ? kernelFrom(disk) : await kernelAt(connection.value.github, head, disk);
  return { nowMs, local, gitHub, kernel };
}

/** What is wrong with the token or the key is said once, of the identity. */
function unaskedOf({ reason, refused }: NotConnected): Result<never, string> {
  return err(refused ? 'GitHub was not asked, see identity' : reason);
}

function notAsked(connection: NotConnected): GitHubFacts {
  const why = unaskedOf(connection);
  return {
    refused: connection.refused ? connection.reason : null,
    identity: why,
    repository: why,
    probes: [],
    defaultRules: why,
    stateHead: why,
    stateRules: why,
    workflows: why,
    secrets: why,
    mayActionsOpenPulls: why,
    environments: why,
  };
}

async function gitHubFacts(examined: ExaminedGitHub, stateBranch: string | null): Promise<GitHubFacts> {
  const { github, setup, actions } = examined;
  const repository = await asked(async () => await github.repository());
  const workflows = await asked(async () => await actions.workflows());
  const noBranch = err('config/warden.yaml is broken, so the name of the state branch is not known');
  const ofState = async <T>(ask: (branch: string) => Promise<T>): Promise<Asked<T>> =>
    stateBranch === null ? noBranch : await asked(async () => await ask(stateBranch));
  return {
    refused: null,
    identity: await asked(async () => await identityOf(examined)),
    repository,
    probes:
      examined.app === null && repository.ok ? await probesOf(examined, repository.value.defaultBranch) : [],
    defaultRules: repository.ok
      ? await asked(async () => await setup.branchRules(repository.value.defaultBranch))
      : repository,
    stateHead: await ofState(async (branch) => await github.head(branch)),
    stateRules: await ofState(async (branch) => await setup.branchRules(branch)),
    workflows,
    secrets: await asked(async () => await setup.secretNames()),
    mayActionsOpenPulls: await asked(async () => await setup.mayActionsOpenPulls()),
    environments: await asked(async () => await setup.environments()),
  };
}

/** What GitHub refuses or does not answer is a value here; a defect goes through. */
async function asked<T>(ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return ok(await ask());
  } catch (error) {
    if (error instanceof GitHubError) return err(error.message);
    throw error;
  }
}

async function identityOf({ github, login, app }: ExaminedGitHub): Promise<IdentityFacts> {
  const role = login.endsWith('[bot]') ? null : await github.role(login);
  return { login, role, app };
}

/** Lists of every kind that Warden writes: whoever may not read them may not write them either. */
async function probesOf(
  { github, actions }: ExaminedGitHub,
  defaultBranch: string,
): Promise<readonly ReadProbe[]> {
  const reads: readonly (readonly [permission: string, read: () => Promise<unknown>])[] = [
    ['actions', async () => await actions.workflows()],
    ['checks', async () => await github.checkRuns(defaultBranch, 'warden/config')],
    ['contents', async () => await github.head(defaultBranch)],
    ['issues', async () => await github.ownIssues()],
    ['pull_requests', async () => await github.pulls({ state: 'open' })],
  ];
  const probes: ReadProbe[] = [];
  for (const [permission, read] of reads) probes.push({ permission, outcome: await outcomeOf(read) });
  return probes;
}

async function outcomeOf(read: () => Promise<unknown>): Promise<ReadProbe['outcome']> {
  try {
    await read();
    return 'may';
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    return error.kind === 'forbidden' || error.kind === 'missing' ? 'may_not' : 'unknown';
  }
}

const KERNEL_FILES = ['kernel/summary.json', 'kernel/acks.jsonl'] as const;

/** What the runner pushed; the folder here may be older. */
async function kernelAt(github: GitHub, commit: string, disk: Disk): Promise<Asked<KernelFacts>> {
  const pushed = overlayDisk(disk);
  for (const path of KERNEL_FILES) {
    const text = await asked(async () => await github.file(path, commit));
    if (!text.ok) return text;
    if (text.value === null) pushed.remove(path);
    else pushed.replace(path, text.value);
  }
  return kernelFrom(pushed);
}

function kernelFrom(disk: Disk): Asked<KernelFacts> {
  const summary = newestHeartbeat(disk);
  if (!summary.ok) return summary;
  try {
    return ok({ summary: summary.value, lastAck: readAcks(disk).at(-1) ?? null });
  } catch (error) {
    if (error instanceof CorruptStateError) return err(error.message);
    throw error;
  }
}
