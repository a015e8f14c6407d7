// Tells a world that refuses (no space, no permission, a corrupt state, a GitHub that says no) from a defect of ours, by the error that was thrown.

import { CorruptStateError } from '../adapters/state/corrupt-state.ts';
import { GitHubError, StateBranchError } from '../domain/github.ts';
import { EXIT } from './exit-codes.ts';
import { type Refusal, refusal } from './outcome.ts';

/** What operating systems answer when the fault is not in the program; each with the next step. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  EACCES: 'check the owner and permissions of the folder',
  EPERM: 'check the owner and permissions of the folder',
  EROFS: 'the file system is read-only; point --state at one that can be written',
  ENOSPC: 'the disk is full; make room and run the command again',
  EDQUOT: 'the disk quota is used up; make room and run the command again',
  EIO: 'the disk failed; check it before running the command again',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
  ENOTDIR: 'a file stands where a folder is expected',
  EISDIR: 'a folder stands where a file is expected',
};

/** Returns the refusal that a thrown error stands for, or `null` where it is a defect of ours. */
export function refusalOfError(error: unknown): Refusal | null {
  if (error instanceof CorruptStateError) return refusal(EXIT.stateRefused, error.message);
  if (error instanceof StateBranchError) return refusal(EXIT.notPushed, error.message);
  if (error instanceof GitHubError) return refusal(EXIT.sideEffectsOwed, error.message);
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const nextStep = NEXT_STEPS[String(error.code)];
  return nextStep === undefined ? null : refusal(EXIT.stateRefused, `${error.message}; ${nextStep}`);
}
