// Stored settings: once under their hash, and trusted only where the hash is that of the content.

import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadKillList, loadWardenConfig } from '../../../src/adapters/config/config-files.ts';
import { CorruptStateError } from '../../../src/adapters/state/corrupt-state.ts';
import { readSettings, saveSettings } from '../../../src/adapters/state/settings-store.ts';
import { InvariantError } from '../../../src/domain/assert.ts';
import { canonicalJson, sha256Hex } from '../../../src/domain/canonical.ts';
import { type Settings, settingsFrom } from '../../../src/domain/settings.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const SHIPPED = resolve(import.meta.dirname, '../../../config');

function someSettings(): Settings {
  const warden = loadWardenConfig(SHIPPED);
  const killList = loadKillList(SHIPPED);
  if (!warden.ok || !killList.ok) throw new Error(JSON.stringify([warden, killList]));
  return settingsFrom({ warden: warden.value.config, agents: {}, kill_list: killList.value.killList });
}

const settings = someSettings();
const hash = settings.config_hash;
const PATH = `supervisor/settings/${hash}.json`;

describe('saveSettings', () => {
  it('stores settings once under their hash', () => {
    const disk = memoryDisk();

    expect(saveSettings(disk, settings)).toBe('saved');
    const stored = disk.dump();
    expect(saveSettings(disk, settings)).toBe('unchanged');

    expect(disk.dump()).toEqual(stored);
    expect(Object.keys(stored)).toEqual([PATH]);
    expect(readSettings(disk, hash)).toEqual(settings);
  });

  it('refuses a hash that is not theirs', () => {
    expect(() => saveSettings(memoryDisk(), { ...settings, config_hash: 'a'.repeat(64) })).toThrow(
      InvariantError,
    );
  });
});

describe('readSettings', () => {
  it('has none where none are stored', () => {
    expect(readSettings(memoryDisk(), hash)).toBeNull();
  });

  it.each([
    ['no JSON', '{"v":1'],
    ['other content', JSON.stringify({ ...settings, kill_list: {} })],
    ['another hash inside', JSON.stringify({ ...settings, config_hash: 'a'.repeat(64) })],
    ['no settings', '[]'],
  ])('refuses a file with %s', (_case, text) => {
    expect(() => readSettings(memoryDisk({ [PATH]: text }), hash)).toThrow(CorruptStateError);
  });

  it('fills in what a later version added, and gives up where it removed something', () => {
    const { notify: _, ...older } = settings.warden;
    const files = { warden: older, agents: {}, kill_list: settings.kill_list };
    const olderHash = sha256Hex(canonicalJson(files));
    const alien = { warden: { ...older, gone: 1 }, agents: {}, kill_list: settings.kill_list };
    const alienHash = sha256Hex(canonicalJson(alien));
    const disk = memoryDisk({
      [`supervisor/settings/${olderHash}.json`]: JSON.stringify({ v: 1, config_hash: olderHash, ...files }),
      [`supervisor/settings/${alienHash}.json`]: JSON.stringify({ v: 1, config_hash: alienHash, ...alien }),
    });

    expect(readSettings(disk, olderHash)).toMatchObject({ config_hash: olderHash, warden: settings.warden });
    expect(readSettings(disk, alienHash)).toBeNull();
  });
});
