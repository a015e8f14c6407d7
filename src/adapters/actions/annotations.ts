// What was set aside, marked at its file and line on the page of the run: as many places as GitHub shows, and where the others are.

import { isAbsolute, resolve } from 'node:path';
import type { RejectPlace } from '../../domain/reject.ts';
import { pathBelow } from '../path-below.ts';
import { printable, secretsOf, type TextSink, withoutSecrets } from '../terminal/log.ts';
import { workflowCommand } from './workflow-command.ts';

/** GitHub shows the first ten annotations of each level that a step writes, and drops the others without a word. */
export const ANNOTATIONS_PER_LEVEL_MAX = 10;

/** A person reads one or two sentences there; the reject on disk holds the whole. */
const MESSAGE_CHARS_MAX = 1000;

/** Rejects of one part of a run. */
export interface AnnotatedRejects {
  /** `error` where the run fails over them. */
  readonly level: 'error' | 'warning';
  /** The first of them, with absolute paths, or what people call a source that is no file. */
  readonly first: readonly RejectPlace[];
  /** How many there are. */
  readonly total: number;
  /** Where all of them are kept, as a folder below the state folder. */
  readonly kept: string;
}

export interface RejectAnnotations {
  /** Writes one annotation for each place; the last that has room says how many more there are, and where. */
  write(rejects: AnnotatedRejects): void;
}

/**
 * Returns what annotates the run, or `null` outside of GitHub Actions. One instance serves a whole step, since GitHub counts by
 * step; what it wrote already, in a run that computes again, it does not write twice. Files below `GITHUB_WORKSPACE` are named from
 * there, as GitHub links them; for others the message begins with the place.
 */
export function rejectAnnotations(
  env: Readonly<Record<string, string | undefined>>,
  sink: TextSink,
): RejectAnnotations | null {
  if (env['GITHUB_ACTIONS'] !== 'true') return null;
  const workspace = env['GITHUB_WORKSPACE'] ?? '';
  const secrets = secretsOf(env);
  const written = new Set<string>();
  const left = { error: ANNOTATIONS_PER_LEVEL_MAX, warning: ANNOTATIONS_PER_LEVEL_MAX };
  const safe = (text: string): string => printable(withoutSecrets(text, secrets));
  const write = (level: 'error' | 'warning', place: Place, message: string): void => {
    const command = workflowCommand(level, { ...place }, cutAt(safe(message), MESSAGE_CHARS_MAX));
    if (left[level] === 0 || written.has(command)) return;
    sink.write(`${command}\n`);
    written.add(command);
    left[level] -= 1;
  };
  return {
    write({ level, first, total, kept }) {
      const places =
        total > ANNOTATIONS_PER_LEVEL_MAX ? first.slice(0, ANNOTATIONS_PER_LEVEL_MAX - 1) : first;
      for (const reject of places) {
        const file = safe(fileBelow(workspace, reject.file) ?? '');
        const title = `Set aside: ${reject.code}`;
        if (file === '') write(level, { title }, `${placeText(reject)} ${reject.reason}`);
        else write(level, { file, line: reject.line, col: reject.column, title }, reject.reason);
      }
      const more = total - places.length;
      if (more > 0) {
        const rest = `${more} more lines were set aside; all of them are in ${kept} of the state`;
        write(level, { title: 'Set aside' }, rest);
      }
    },
  };
}

/** Names of GitHub's own. A column counts only beside its line. */
interface Place {
  readonly file?: string;
  readonly line?: number | null;
  readonly col?: number | null;
  readonly title: string;
}

/** Returns the path of `file` from `folder` with forward slashes, or `null` where it does not lie below. */
function fileBelow(folder: string, file: string): string | null {
  if (folder === '' || !isAbsolute(file)) return null;
  const path = pathBelow(resolve(folder), file);
  return path === '' ? null : path;
}

function placeText({ file, line }: RejectPlace): string {
  return line === null ? `${file}:` : `${file}:${line}`;
}

function cutAt(text: string, charsMax: number): string {
  const chars = Array.from(text);
  return chars.length <= charsMax ? text : `${chars.slice(0, charsMax - 1).join('')}…`;
}
