// Which settings count: those of the default branch, else the last good ones that the state holds, else none.

import { describe, expect, it } from 'vitest';
import { saveSettings } from '../../src/adapters/state/settings-store.ts';
import { settingsInForce } from '../../src/jobs/settings-in-force.ts';
import { aMetaReport } from '../domain/record-builders.ts';
import { memoryDisk } from '../fakes/memory-disk.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';
import { aRepository, asFiled } from './publish-world.ts';
import { worldSettings } from './supervise-world.ts';

/** A state whose report was made under the settings of the world. */
function aState() {
  const disk = memoryDisk();
  const settings = worldSettings();
  saveSettings(disk, settings);
  const report = { ...aMetaReport(), config_hash: settings.config_hash };
  disk.replace('supervisor/meta_report.json', JSON.stringify(report));
  return disk;
}

const broken = () => memoryGitHub({ files: { 'config/warden.yaml': 'version: 2\n' } });

describe('the settings in force', () => {
  it('are those of the default branch, whatever the state holds', async () => {
    const filed = asFiled(worldSettings());

    expect((await settingsInForce(aRepository(), null))?.config_hash).toBe(filed.config_hash);
    expect((await settingsInForce(aRepository(), aState()))?.config_hash).toBe(filed.config_hash);
  });

  it('are the last good ones where its files are broken', async () => {
    expect(await settingsInForce(broken(), aState())).toEqual(worldSettings());
  });

  it('are none where no earlier ones are known', async () => {
    expect(await settingsInForce(broken(), null)).toBeNull();
    expect(await settingsInForce(broken(), memoryDisk())).toBeNull();
  });
});
