// What `warden doctor` looks at, and what it says of it: facts as they were found, and one line per thing that was checked.

import type {
  BranchRules,
  DeploymentEnvironment,
  RepositoryFacts,
  Role,
  Workflow,
} from '../domain/github.ts';
import type { KernelAck, KernelSummary } from '../domain/kernel-records.ts';
import type { Result } from '../domain/result.ts';

/** `missing` must be mended before Warden works as it should; `warning` is told and may be wanted; `unknown` could not be asked. */
export type LineStatus = 'ok' | 'missing' | 'warning' | 'unknown';

export const LINE_GROUPS = ['this machine', 'repository', 'workflows', 'state'] as const;

export interface DoctorLine {
  readonly group: (typeof LINE_GROUPS)[number];
  /** What was checked: `branch protection`. */
  readonly about: string;
  readonly status: LineStatus;
  /** What was found. */
  readonly evidence: string;
  /** What to do: a place in GitHub's settings, or a command; `null` where nothing is to be done. */
  readonly nextStep: string | null;
}

/** Of a question: its answer, or in one sentence why there is none. */
export type Asked<T> = Result<T, string>;

/** What the token may not see is the answer `unknown`. */
export type Seen<T> = Asked<T | 'unknown'>;

/** One of the three files a person edits. */
interface ConfigFacts {
  readonly file: string;
  readonly problems: readonly string[];
}

interface WorkflowFile {
  readonly path: string;
  /** Lines below `on.schedule`, or what is wrong with the file. */
  readonly crons: Result<readonly string[], string>;
}

/**
 * `absent`: nothing is there yet. `plain`: a folder of a person, which no job replaces. `clone`: made by a job. `foreign`: a checkout or a
 * clone of something else.
 */
interface StateFolderFacts {
  readonly dir: string;
  readonly kind: 'absent' | 'plain' | 'clone' | 'foreign';
  /** Branch that is checked out there, or `null`. */
  readonly branch: string | null;
}

/** What of the configuration decides which parts are needed; `null` where it is broken. */
export interface WantedParts {
  readonly stateBranch: string;
  readonly mail: boolean;
  readonly equities: boolean;
  readonly pullRequests: boolean;
}

export interface LocalFacts {
  /** `v20.20.2`. */
  readonly nodeVersion: string;
  readonly git: Asked<string>;
  /** `stale`: sources are newer than what was built of them. */
  readonly build: 'built' | 'stale' | 'absent';
  readonly config: readonly ConfigFacts[];
  readonly wanted: WantedParts | null;
  /** Exchanges of the configuration: known ones by id, and a sentence about each other one. */
  readonly exchanges: { readonly known: readonly string[]; readonly unknown: readonly string[] };
  /** Of the environment here: `null` where mail is off. */
  readonly mail: Asked<{ readonly to: number } | null>;
  readonly codeowners: { readonly file: string; readonly text: string } | null;
  readonly workflows: readonly WorkflowFile[];
  readonly stateFolder: StateFolderFacts;
}

/** As whom GitHub is asked. */
export interface IdentityFacts {
  readonly login: string;
  /** Role of a person; `null` for an app or the token of a workflow. */
  readonly role: Role | null;
  /** Of the app, signed in by its own key; `null` for a token. */
  readonly app: AppFacts | null;
}

export interface AppFacts {
  /** Permissions where it is installed, `contents: write`. */
  readonly granted: readonly string[];
  /** What it lacks, in sentences. */
  readonly problems: readonly string[];
}

/** Whether one kind of thing could be read. */
export interface ReadProbe {
  /** `contents`. */
  readonly permission: string;
  readonly outcome: 'may' | 'may_not' | 'unknown';
}

export interface KernelFacts {
  /** `null`: no kernel has written one. */
  readonly summary: KernelSummary | null;
  readonly lastAck: KernelAck | null;
}

export interface GitHubFacts {
  /** What is wrong with the token or the key that was given; `null` where it was taken, or none was given. */
  readonly refused: string | null;
  readonly identity: Asked<IdentityFacts>;
  readonly repository: Asked<RepositoryFacts>;
  readonly probes: readonly ReadProbe[];
  readonly defaultRules: Seen<BranchRules>;
  /** Newest commit of the state branch, `null` where there is none. */
  readonly stateHead: Asked<string | null>;
  readonly stateRules: Seen<BranchRules>;
  readonly workflows: Asked<readonly Workflow[]>;
  readonly secrets: Seen<readonly string[]>;
  readonly mayActionsOpenPulls: Seen<boolean>;
  readonly environments: Seen<readonly DeploymentEnvironment[]>;
}

export interface DoctorFacts {
  readonly nowMs: number;
  readonly local: LocalFacts;
  readonly gitHub: GitHubFacts;
  /** From the state branch, else from the state folder. */
  readonly kernel: Asked<KernelFacts>;
}
