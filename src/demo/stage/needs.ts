// What the stage needs of git, asked before anything is made: a GitHub on this machine serves and merges with git itself.

import { readdirSync } from 'node:fs';
import { git } from '../../adapters/git/git-command.ts';

/** The first git whose `merge-tree` writes trees, with which the local GitHub merges. */
const OLDEST: readonly [major: number, minor: number] = [2, 38];

/** Programs that some systems install apart from git, with what they are for. */
const PROGRAMS = {
  'git-http-backend': 'serves repositories over HTTP',
  'git-remote-http': 'fetches and pushes over HTTP',
} as const;

/** What is known of the git of this machine. */
export interface GitFacts {
  /** What `git --version` answers, or why it cannot be run. */
  readonly version: string;
  /** Names in the folder of its programs. */
  readonly programs: readonly string[];
}

/** Returns what is missing, in one sentence with the next step, or `null`. */
export function lackingIn({ version, programs }: GitFacts): string | null {
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(version) ?? [];
  const next = `install git ${OLDEST.join('.')} or newer and run the demo again`;
  if (major === undefined || minor === undefined) return `${version}; ${next}`;
  const isOlder = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (isOlder) return `git is version ${major}.${minor}; ${next}`;
  const names = new Set(programs.map((name) => name.replace(/\.exe$/, '')));
  const missing = Object.entries(PROGRAMS).find(([name]) => !names.has(name));
  if (missing === undefined) return null;
  const [program, purpose] = missing;
  return `git comes without ${program}, which ${purpose}; install the package of your system that has it (git-daemon on Alpine, git-core on Fedora) and run the demo again`;
}

/** Asks the git of this machine, and returns what it lacks, or `null`. */
export async function gitLacks(): Promise<string | null> {
  const options = { cwd: '.', config: 'own' } as const;
  const version = await git(['--version'], options);
  if (!version.ok) return lackingIn({ version: version.error.message, programs: [] });
  const folder = await git(['--exec-path'], options);
  return lackingIn({ version: version.value, programs: folder.ok ? namesIn(folder.value) : [] });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
