// A repository whose configuration is reviewed: the shipped files with less in them, a supervised past, and pull requests by hand.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CheckAnnotation } from '../../src/domain/github.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { type ConfigReviewed, reviewConfig } from '../../src/jobs/review-config.ts';
import type { Disk, StateBranch } from '../../src/ports.ts';
import { type MemoryDisk, memoryDisk } from '../fakes/memory-disk.ts';
import { type MemoryGitHub, memoryGitHub } from '../fakes/memory-github.ts';
import type { MemoryCheck } from '../fakes/memory-world.ts';
import {
  BREAK_DAY,
  ENABLED,
  insertAll,
  look,
  quietPorts,
  settledMs,
  worldRows,
  worldSettings,
} from './supervise-world.ts';

export const KILL_LIST = [
  'macro: { status: ENABLED, max_cvar_sigma: 4.0 }',
  'arb:',
  '  max_cvar_sigma: 5.0',
  'event: { max_cvar_sigma: 4.0 }',
  '',
].join('\n');

export const AGENTS = [
  'break-a: { strategy_class: macro, stage: live, base_weight: 0.2 }',
  'drop: { strategy_class: arb }',
  'steady: { strategy_class: event, stage: live, base_weight: 0.2 }',
  '',
].join('\n');

export const WARDEN = readFileSync(resolve(import.meta.dirname, '../../config/warden.yaml'), 'utf8');

export const FILES = {
  'README.md': '# Alpha\n',
  'config/kill-list.yaml': KILL_LIST,
  'config/agents.yaml': AGENTS,
  'config/warden.yaml': WARDEN,
};

export const STATE_COMMIT = 'c'.repeat(40);

/** The state of a world in which `macro` broke, looked at every day until it has been said. */
export function supervisedDisk(over: Partial<Settings> = { kill_list: ENABLED }): MemoryDisk {
  const disk = memoryDisk();
  const last = BREAK_DAY + 20;
  insertAll(disk, worldRows(0, last));
  for (let day = BREAK_DAY - 10; day <= last; day += 1)
    look(disk, settledMs(day), { settings: worldSettings(over) });
  return disk;
}

export function stateOf(disk: Disk | null, commit = STATE_COMMIT): StateBranch {
  return { newest: async () => (disk === null ? null : { commit, disk }) };
}

export interface Reviewing {
  readonly github: MemoryGitHub;
  review(number: number): Promise<ConfigReviewed>;
  /** Opens a pull request by ada with these files and reviews it. */
  propose(files: Readonly<Record<string, string | null>>, author?: string): Promise<number>;
  check(number: number, name?: string): MemoryCheck;
  annotations(number: number): readonly CheckAnnotation[];
  comments(number: number): readonly string[];
}

export function reviewing(disk: Disk | null, files: Readonly<Record<string, string>> = FILES): Reviewing {
  const github = memoryGitHub({ files });
  const { world } = github;
  world.roles.set('ada', 'admin').set('bob', 'write').set('eve', 'read').set('cem', 'maintain');
  const ports = { github, state: stateOf(disk), log: quietPorts.log };
  const review = async (number: number) =>
    await reviewConfig(ports, number, { nowMs: world.nowMs, codeVersion: '1.0.0' });
  const check = (number: number, name = 'warden/config'): MemoryCheck => {
    const headSha = world.pulls.get(number)?.headSha;
    const found = [...world.checks.values()].filter((each) => each.name === name && each.headSha === headSha);
    const newest = found.at(-1);
    if (newest === undefined) throw new Error(`there is no check ${name} on pull request ${number}`);
    return newest;
  };
  return {
    github,
    review,
    propose: async (changes, author = 'ada') => {
      const branch = `change-${world.pulls.size}`;
      world.push(branch, changes, author);
      const number = world.open({ branch, author });
      await review(number);
      return number;
    },
    check,
    annotations: (number) => check(number).annotations as CheckAnnotation[],
    comments: (number) =>
      [...world.comments.values()]
        .filter((each) => each.number === number)
        .map(({ comment }) => comment.body),
  };
}
