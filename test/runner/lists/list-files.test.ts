// The lists as files: every way in which an editor saves is seen, and what is no file is a finding and no crash.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listFiles } from '../../../src/runner/lists/list-files.ts';
import { allocationText, DISABLED, ENABLED } from './list-world.ts';

function world() {
  const root = mkdtempSync(join(tmpdir(), 'warden-lists-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const configDir = join(root, 'config');
  const stateDir = join(root, 'state');
  mkdirSync(configDir);
  mkdirSync(join(stateDir, 'supervisor'), { recursive: true });
  const killList = join(configDir, 'kill-list.yaml');
  const allocation = join(stateDir, 'supervisor/allocation.json');
  writeFileSync(killList, ENABLED);
  return { source: listFiles({ configDir, stateDir }), killList, allocation };
}

describe('the files of the lists', () => {
  it('are read as they are, without a commit, and stand still while nobody writes', () => {
    const { source, killList, allocation } = world();
    const stamp = source.stamp();
    expect(source.read()).toMatchObject({
      killList: { shownAs: killList, text: ENABLED, fault: null, commit: null },
      allocation: { text: null, fault: null },
    });
    expect(source.stamp()).toBe(stamp);
    writeFileSync(allocation, allocationText());
    expect(source.stamp()).not.toBe(stamp);
    expect(source.read()?.allocation.text).toBe(allocationText());
    expect(source.age()).toBeNull();
  });

  it.each<[string, (path: string) => void]>([
    ['is written over', (path) => writeFileSync(path, DISABLED)],
    ['grows', (path) => appendFileSync(path, '# a remark\n')],
    [
      'is replaced by another',
      (path) => [writeFileSync(`${path}.new`, ENABLED), renameSync(`${path}.new`, path)],
    ],
    ['is gone', (path) => rmSync(path)],
    ['is a folder now', (path) => [rmSync(path), mkdirSync(path)]],
    [
      'is as long as before and says it is as old',
      (path) => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, ENABLED.replace('champion', 'champiom'));
        utimesSync(path, atime, mtime);
      },
    ],
  ])('have another stamp where one %s', (_, change) => {
    const { source, killList } = world();
    const stamp = source.stamp();
    change(killList);
    expect(source.stamp()).not.toBe(stamp);
  });

  it('say what cannot be read', () => {
    const { source, killList, allocation } = world();
    rmSync(killList);
    mkdirSync(killList);
    mkdirSync(allocation);
    expect(source.read()).toMatchObject({
      killList: { text: null, fault: expect.stringContaining('kill-list.yaml: is not a file') },
      allocation: { text: null, fault: expect.stringContaining('allocation.json: cannot be read') },
    });
    rmSync(killList, { recursive: true });
    writeFileSync(killList, Buffer.from([0xff, 0xfe, 0x00]));
    expect(source.read()?.killList.fault).toContain('is not UTF-8');
    rmSync(killList);
    expect(source.read()?.killList).toMatchObject({ text: null, fault: null });
  });
});
