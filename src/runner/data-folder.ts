// Whose a runner's folder is: a journal of paper money under a real account would be believed, and every figure of it would be wrong.

import type { Pink } from '../domain/pink-settings.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Disk } from '../ports.ts';

const FILE = 'environment.json';

/**
 * Marks a folder that nobody marked before as one of this environment.
 *
 * @returns why the folder must not be used, with the next step.
 */
export function claimFolder(disk: Disk, folder: string, { venue }: Pink): Result<void, string> {
  const bytes = disk.read(FILE);
  if (bytes === null) {
    disk.replace(FILE, `${JSON.stringify({ environment: venue.environment })}\n`);
    return ok(undefined);
  }
  const environment = environmentIn(bytes.toString('utf8'));
  if (environment === venue.environment) return ok(undefined);
  const whose = environment === null ? `${FILE} there cannot be read` : `it is of ${environment}`;
  return err(
    `${folder} is not a folder of venue.environment ${venue.environment}: ${whose}; name another with --data, or move it away once everything is flat`,
  );
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
