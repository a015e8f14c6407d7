// Tells a person which lines a job set aside: beside their files on the page of a GitHub run, else in the words of the log.

import { resolve } from 'node:path';
import type { AnnotatedRejects } from '../adapters/actions/annotations.ts';
import type { CommandContext } from './context.ts';

/** Annotates the run with rejects, whose paths may be below the state folder. Returns `false` outside of GitHub Actions. */
export async function annotateRejects(
  { host, stateDir }: CommandContext,
  rejects: AnnotatedRejects,
): Promise<boolean> {
  const { rejectAnnotations } = await import('../adapters/actions/annotations.ts');
  const annotations = rejectAnnotations(host.env, host.stderr);
  if (annotations === null) return false;
  const first = rejects.first.map((place) => ({ ...place, file: resolve(stateDir, place.file) }));
  annotations.write({ ...rejects, first });
  return true;
}

/** The same, with a warning for each place outside of GitHub Actions. Never both: a warning is an annotation there. */
export async function tellRejects(context: CommandContext, rejects: AnnotatedRejects): Promise<void> {
  if (await annotateRejects(context, rejects)) return;
  const { first, total, kept } = rejects;
  for (const { file, line, reason } of first) context.log.warn(`${file}:${line ?? '-'} ${reason}`);
  const more = total - first.length;
  if (more > 0)
    context.log.warn(`${more} more lines were set aside; all of them are in ${kept} of the state`);
}
