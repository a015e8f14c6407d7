// What `warden doctor` found, for people: first how much is missing and what comes first, then one line per thing.

import { type Cell, tableText } from '../adapters/terminal/table.ts';
import type { Diagnosis } from '../supervision/doctor.ts';
import { type DoctorLine, LINE_GROUPS } from '../supervision/doctor-facts.ts';

/** Returns the table below its first line; below what needs something to be done stands what. */
export function doctorText(diagnosis: Diagnosis): string {
  const lines = LINE_GROUPS.flatMap((group) =>
    joined(diagnosis.lines.filter((line) => line.group === group)),
  );
  const texts = tableText({ rows: lines.flatMap(rowsOf) }).split('\n');
  const shown: string[] = [firstLine(diagnosis)];
  let [at, group] = [0, ''];
  for (const line of lines) {
    if (line.group !== group) shown.push('', line.group);
    group = line.group;
    const height = rowsOf(line).length;
    shown.push(...texts.slice(at, at + height).map((text) => `  ${text}`));
    at += height;
  }
  return shown.join('\n');
}

function firstLine({ counts, first }: Diagnosis): string {
  const { missing, warning, unknown } = counts;
  const others = [
    ...(warning > 0 ? [`${warning} ${warning === 1 ? 'warning' : 'warnings'}`] : []),
    ...(unknown > 0 ? [`${unknown} not known`] : []),
  ].join(', ');
  const rest = others === '' ? '' : ` (${others})`;
  if (first === null) return `nothing is missing${rest}`;
  const how = missing === 1 ? '1 thing is missing' : `${missing} things are missing`;
  return `${how}${rest}; first: ${first.about} (${first.group})`;
}

/** Where one reason leaves questions open that follow each other, it is said once. */
function joined(lines: readonly DoctorLine[]): readonly DoctorLine[] {
  const runs: DoctorLine[][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.[0] !== undefined && isSameGap(run[0], line)) run.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run) =>
    run.length < 3 ? run : run.slice(0, 1).map((first) => ({ ...first, about: `${run.length} questions` })),
  );
}

function isSameGap(a: DoctorLine, b: DoctorLine): boolean {
  return a.status === 'unknown' && b.status === 'unknown' && a.evidence === b.evidence;
}

/** Longer sentences go on in the next line, below their beginning. */
const FOUND_CHARS_MAX = 76;

function rowsOf({ status, about, evidence, nextStep }: DoctorLine): Cell[][] {
  const [found = '', ...more] = wrapped(evidence);
  const steps =
    nextStep === null ? [] : wrapped(nextStep).map((part, at) => `${at === 0 ? '→' : ' '} ${part}`);
  return [[status, about, found], ...[...more, ...steps].map((part): Cell[] => ['', '', part])];
}

/** Breaks at spaces; a word that is longer stays whole. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && longer.length > FOUND_CHARS_MAX) lines.push(line);
    line = line !== '' && longer.length > FOUND_CHARS_MAX ? word : longer;
  }
  return [...lines, line];
}
