// The settings that count now: those of the default branch, or the last good ones that the state holds where its files are broken.

import { readSettings } from '../adapters/state/settings-store.ts';
import { loadMetaReport } from '../adapters/state/supervisor-files.ts';
import { type Settings, settingsFrom } from '../domain/settings.ts';
import type { Disk, GitHub } from '../ports.ts';
import { configTextsAt, settingsOfTexts } from './config-at.ts';

/**
 * Returns the settings, or `null` where the files are broken and no earlier settings are known.
 *
 * @param disk the state, or `null` where there is none yet
 * @throws CorruptStateError where the stored settings cannot be read.
 */
export async function settingsInForce(
  github: Pick<GitHub, 'repository' | 'file'>,
  disk: Disk | null,
): Promise<Settings | null> {
  const { defaultBranch } = await github.repository();
  const read = settingsOfTexts(await configTextsAt(github, defaultBranch));
  if (read.ok) return read.value;
  const report = disk === null ? null : loadMetaReport(disk);
  const stored =
    disk === null || report?.ok !== true || report.value === null
      ? null
      : readSettings(disk, report.value.config_hash);
  return stored === null ? null : settingsFrom(stored);
}
