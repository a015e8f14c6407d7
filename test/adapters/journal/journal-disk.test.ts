// What every JournalDisk promises, held against the real one and the simulated one; and how the simulated one fails.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeJournalDisk } from '../../../src/adapters/journal/node-journal-disk.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { simulatedDisk } from '../../fakes/simulated-disk.ts';
import { hashOf, recovered, run, started } from './journal-world.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (disk: JournalDisk, name: string): string =>
  disk.readRange(name, 0, disk.size(name) ?? 0).toString();

describe.each([
  ['the real disk', () => nodeJournalDisk(join(folder, 'below', 'journal'))],
  ['the simulated disk', () => simulatedDisk()],
] as const)('%s', (_, open) => {
  it('appends, and says how much it took', () => {
    const disk = open();

    expect(disk.append('a.jsonl', Buffer.from('one'))).toBe(3);
    disk.append('a.jsonl', Buffer.from('two'));
    disk.sync('a.jsonl');

    expect(text(disk, 'a.jsonl')).toBe('onetwo');
    expect(disk.size('a.jsonl')).toBe(6);
    disk.close();
  });

  it('reads a part, and less where the file ends', () => {
    const disk = open();
    disk.writeNew('a.jsonl', Buffer.from('0123456789'));

    expect(disk.readRange('a.jsonl', 2, 5).toString()).toBe('234');
    expect(disk.readRange('a.jsonl', 8, 50).toString()).toBe('89');
    expect(disk.readRange('a.jsonl', 20, 50).length).toBe(0);
    disk.close();
  });

  it('cuts, and goes on behind the cut', () => {
    const disk = open();
    disk.append('a.jsonl', Buffer.from('0123456789'));
    disk.truncate('a.jsonl', 4);
    disk.append('a.jsonl', Buffer.from('x'));

    expect(text(disk, 'a.jsonl')).toBe('0123x');
    disk.close();
  });

  it('writes over what was left of a file of that name', () => {
    const disk = open();
    disk.writeNew('a.json', Buffer.from('a longer text'));
    disk.writeNew('a.json', Buffer.from('short'));

    expect(text(disk, 'a.json')).toBe('short');
    disk.close();
  });

  it('renames over another file, and goes on under the new name', () => {
    const disk = open();
    disk.writeNew('a.json', Buffer.from('old'));
    disk.append('a.json.tmp', Buffer.from('new'));
    disk.rename('a.json.tmp', 'a.json');
    disk.syncFolder();
    disk.append('a.json', Buffer.from('er'));

    expect(disk.list()).toEqual(['a.json']);
    expect(text(disk, 'a.json')).toBe('newer');
    disk.close();
  });

  it('lists files by name, and knows which are not there', () => {
    const disk = open();
    for (const name of ['b', 'a', 'c']) disk.writeNew(name, Buffer.from(name));
    disk.remove('b');
    disk.remove('b');

    expect(disk.list()).toEqual(['a', 'c']);
    expect(disk.size('b')).toBeNull();
    disk.close();
  });

  it('carries a journal', () => {
    const disk = open();
    const kernel = started(disk, { snapshotEvery: 15 });
    run(kernel, 40, 5);
    kernel.apply({ kind: 'STREAM', atMs: kernel.state.nowMs, isUp: true });
    kernel.commit();
    const { report } = recovered(disk, { snapshotEvery: 15 });

    expect(report).toMatchObject({ snapshot: 'snapshot-000000000031.json', records: 11, cut: null });
    expect(hashOf(kernel)).toMatch(/^[0-9a-f]{16}$/);
    disk.close();
  });
});

describe('the real disk', () => {
  it('refuses a name that leads out of its folder', () => {
    const disk = nodeJournalDisk(folder);

    expect(() => disk.size('../a')).toThrow(/no name of a file in a journal/);
    expect(() => disk.writeNew('.hidden', Buffer.from(''))).toThrow(/no name of a file/);
  });

  it('does not see what is not its own', () => {
    writeFileSync(join(folder, '.hidden'), '');

    expect(nodeJournalDisk(folder).list()).toEqual([]);
  });
});

describe('the simulated disk, when the power goes,', () => {
  it('keeps what was synced, under names that were synced, and nothing else', () => {
    const disk = simulatedDisk();
    disk.append('a', Buffer.from('durable'));
    disk.sync('a');
    disk.syncFolder();
    disk.append('a', Buffer.from(' lost'));
    disk.append('b', Buffer.from('nameless'));
    disk.sync('b');

    disk.cutPower();

    expect(disk.list()).toEqual(['a']);
    expect(text(disk, 'a')).toBe('durable');
  });

  it('keeps as much of the rest as it is told', () => {
    const disk = simulatedDisk({ survivingBytes: () => 3, doesNameSurvive: (name) => name === 'a' });
    disk.append('a', Buffer.from('torn off'));
    disk.append('b', Buffer.from('lost'));

    disk.cutPower();

    expect(disk.list()).toEqual(['a']);
    expect(text(disk, 'a')).toBe('tor');
  });

  it('forgets a rename that was not synced', () => {
    const disk = simulatedDisk();
    disk.writeNew('old', Buffer.from('x'));
    disk.sync('old');
    disk.syncFolder();
    disk.rename('old', 'new');

    disk.cutPower();

    expect(disk.list()).toEqual(['old']);
  });

  it('forgets what a lie of it confirmed', () => {
    const disk = simulatedDisk({ isSyncLie: () => true });
    disk.append('a', Buffer.from('x'));
    disk.sync('a');
    disk.syncFolder();

    disk.cutPower();

    expect(text(disk, 'a')).toBe('');
  });
});

describe('the simulated disk that fills up', () => {
  it('takes what there is room for, then says so as an operating system does', () => {
    const disk = simulatedDisk();
    disk.setCapacity(5);

    expect(disk.append('a', Buffer.from('0123456'))).toBe(5);
    expect(() => disk.append('a', Buffer.from('x'))).toThrow(expect.objectContaining({ code: 'ENOSPC' }));
    disk.remove('a');
    expect(disk.append('b', Buffer.from('x'))).toBe(1);
  });
});
