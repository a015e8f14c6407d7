// Which branches take no pushes, and what GitHub says to whoever pushes to one all the same. Merges of pull requests go past it.

import { ApiError, unprocessable } from '../api-error.ts';
import type { BranchProtection, Repository } from '../entities.ts';

/** Why a branch takes no push. */
interface Guard {
  readonly by: 'protection' | 'rules';
  readonly words: string;
}

const BY_PULL_REQUEST = 'Changes must be made through a pull request.';

/** Rules of a ruleset that a plain push breaks, each with GitHub's words. */
const BROKEN_BY_PUSH: Readonly<Record<string, string>> = {
  pull_request: BY_PULL_REQUEST,
  required_status_checks: 'Required status checks are expected.',
  update: 'Cannot update this protected ref.',
};

function guardOf({ setup }: Repository, branch: string): Guard | null {
  const protection = setup.protection.get(branch);
  const words = protection === undefined ? null : wordsOf(protection);
  if (words !== null) return { by: 'protection', words };
  const broken = setup.rules.filter((rule) => rule.branch === branch);
  const rule = broken.map(({ type }) => BROKEN_BY_PUSH[type]).find((each) => each !== undefined);
  return rule === undefined ? null : { by: 'rules', words: rule };
}

function wordsOf({ reviews, checks, isLocked }: BranchProtection): string | null {
  if (isLocked) return 'Cannot change this locked branch';
  if (reviews !== null) return BY_PULL_REQUEST;
  return checks.length === 0 ? null : `Required status check "${checks.join('", "')}" is expected.`;
}

/** Returns whether a branch answers that it is protected. */
export function isProtected({ setup }: Repository, branch: string): boolean {
  return setup.protection.has(branch) || setup.rules.some((rule) => rule.branch === branch);
}

/** Refuses to move or delete a reference that is guarded, by its full name. */
export function checkRefPush(repository: Repository, ref: string): void {
  const guard = guardOf(repository, ref.replace(/^refs\/heads\//, ''));
  if (guard !== null) throw unprocessable(answerText(guard));
}

/** Refuses to commit a file on a branch that is guarded. */
export function checkFilePush(repository: Repository, branch: string): void {
  const guard = guardOf(repository, branch);
  if (guard === null) return;
  const text = answerText(guard);
  throw new ApiError(409, guard.by === 'rules' ? text : `Could not update file: ${text}`);
}

function answerText({ by, words }: Guard): string {
  return by === 'rules' ? `Repository rule violations found\n\n${words}\n\n` : words;
}

/** Returns what git is told of every guarded reference: its full name → lines. */
export function guardedRefs(repository: Repository): ReadonlyMap<string, string> {
  const { protection, rules } = repository.setup;
  const branches = new Set([...protection.keys(), ...rules.map(({ branch }) => branch)]);
  const told = [...branches].flatMap((branch): (readonly [string, string])[] => {
    const guard = guardOf(repository, branch);
    return guard === null ? [] : [[`refs/heads/${branch}`, pushText(`refs/heads/${branch}`, guard)]];
  });
  return new Map(told);
}

function pushText(ref: string, { by, words }: Guard): string {
  return by === 'rules'
    ? `error: GH013: Repository rule violations found for ${ref}.\n\n- ${words}\n`
    : `error: GH006: Protected branch update failed for ${ref}.\nerror: ${words}\n`;
}
