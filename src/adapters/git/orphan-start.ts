// How the state branch begins: with what says what it is, and how its bytes are to be treated.

import { nodeDisk } from '../state/node-disk.ts';
import { IGNORED } from './worktree-clone.ts';

const README = `# State of Warden

This branch is what Warden knows: signals, reconciled rows, models, verdicts, receipts and the figures made of them. It has no
history in common with the other branches, and is never merged into them.

Only jobs of Warden write here, one commit per run, never by force. Do not edit anything by hand, and leave the branch out of
the rules that protect branches, or let the account of the jobs bypass them. Which file is what, and who writes it:
\`state/README.md\` on the default branch.
`;

/** Of these files, those that are hidden and part of the branch all the same. */
export const ORPHAN_HIDDEN = ['.gitattributes', '.gitignore'] as const;

/** Writes the files that every state branch begins with. They become part of its first commit. */
export function writeOrphanStart(dir: string): void {
  const disk = nodeDisk(dir);
  disk.replace('README.md', README);
  // What was committed is what is read, byte for byte, whatever the person's git is set to.
  disk.replace('.gitattributes', '* -text\n');
  disk.replace('.gitignore', IGNORED);
}
