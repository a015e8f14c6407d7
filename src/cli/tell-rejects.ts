// Tells a person which lines a job set aside: beside their files on the page of a GitHub run, else in the words of the log.

import { resolve } from 'node:path';
import type { AnnotatedRejects, RejectAnnotations } from '../adapters/actions/annotations.ts';
import type { CommandContext } from './context.ts';
import type { Host } from './host.ts';

/** One for a whole run: GitHub counts annotations by step, and a job that was overtaken on the state branch computes again. */
const ofRun = new WeakMap<Host, RejectAnnotations>();

/** Annotates the run with rejects. Returns `false` outside of GitHub Actions. */
export async function annotateRejects({ host }: CommandContext, rejects: AnnotatedRejects): Promise<boolean> {
  const { rejectAnnotations } = await import('../adapters/actions/annotations.ts');
  const annotations = ofRun.get(host) ?? rejectAnnotations(host.env, host.stderr);
  if (annotations === null) return false;
  ofRun.set(host, annotations);
  annotations.write(rejects);
  return true;
}

/**
 * The same of rejects whose paths are below the state folder, with a warning for each place outside of GitHub Actions. Never both: a
 * warning is an annotation there.
 */
export async function tellRejects(context: CommandContext, rejects: AnnotatedRejects): Promise<void> {
  const { first, total, kept } = rejects;
  const placed = first.map((place) => ({ ...place, file: resolve(context.stateDir, place.file) }));
  if (await annotateRejects(context, { ...rejects, first: placed })) return;
  for (const { file, line, reason } of first) context.log.warn(`${file}:${line ?? '-'} ${reason}`);
  const more = total - first.length;
  if (more > 0)
    context.log.warn(`${more} more lines were set aside; all of them are in ${kept} of the state`);
}
