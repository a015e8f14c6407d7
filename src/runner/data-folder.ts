// Whose a runner's folder is: a journal of paper money under a real account would be believed, and every figure of it would be wrong.

import type { Pink } from '../domain/pink-settings.ts';
import type { Disk } from '../ports.ts';

const FILE = 'environment.json';

/** Returns why a folder must not be used, with the next step; `null` where it is one of this environment, or of none yet. */
export function folderProblem(disk: Disk, folder: string, { venue }: Pink): string | null {
  const bytes = disk.read(FILE);
  const environment = bytes === null ? venue.environment : environmentIn(bytes.toString('utf8'));
  if (environment === venue.environment) return null;
  const whose = environment === null ? `${FILE} there cannot be read` : `it is of ${environment}`;
  return `${folder} is not a folder of venue.environment ${venue.environment}: ${whose}; name another with --data, or move it away once everything is flat`;
}

/** Marks a folder as one of this environment: before the first record of its journal, and not before the venue is known to be there. */
export function markFolder(disk: Disk, { venue }: Pink): void {
  if (disk.read(FILE) === null) disk.replace(FILE, `${JSON.stringify({ environment: venue.environment })}\n`);
}

function environmentIn(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const { environment } = (value ?? {}) as { environment?: unknown };
    return typeof environment === 'string' ? environment : null;
  } catch {
    return null;
  }
}
