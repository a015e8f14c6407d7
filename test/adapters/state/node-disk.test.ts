// The real disk: the contract, and what only a real folder can show.

import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';
import { diskContract } from '../../contracts/disk.ts';

const top = mkdtempSync(join(tmpdir(), 'node-disk-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

function freshRoot(): string {
  return mkdtempSync(join(top, 'root-'));
}

diskContract('nodeDisk', () => nodeDisk(freshRoot()));
diskContract('nodeDisk that waits for no disk', () => nodeDisk(freshRoot(), { durable: false }));

describe('nodeDisk', () => {
  it('creates its root on the first write, and none on reading', () => {
    const root = join(freshRoot(), 'deep', 'state');
    const disk = nodeDisk(root);

    const before = disk.list('');
    disk.append('a/b.txt', 'x');

    expect(before).toEqual([]);
    expect(disk.read('a/b.txt')?.toString()).toBe('x');
  });

  it('leaves no temporary file behind', () => {
    const root = freshRoot();
    const disk = nodeDisk(root);

    disk.replace('a.txt', 'x');
    disk.createExclusive('b.txt', 'x');
    disk.createExclusive('b.txt', 'y');

    expect(readdirSync(root).sort()).toEqual(['a.txt', 'b.txt']);
  });

  it('does not list what a crash left between writing and renaming', () => {
    const root = freshRoot();
    writeFileSync(join(root, '.a.txt.4711.tmp'), 'half');
    const disk = nodeDisk(root);

    disk.replace('a.txt', 'whole');

    expect(disk.list('')).toEqual(['a.txt']);
  });

  it('leaves the temporary files of another writer alone, even of one with the same process id', () => {
    const root = freshRoot();
    const theirs = ['a.txt', 'b.txt'].map((name) => join(root, `.${name}.${process.pid}.tmp`));
    for (const path of theirs) writeFileSync(path, 'theirs');
    const disk = nodeDisk(root);

    disk.replace('a.txt', 'ours');
    disk.createExclusive('b.txt', 'ours');

    expect(theirs.map((path) => readFileSync(path, 'utf8'))).toEqual(['theirs', 'theirs']);
  });

  it('removes its temporary file and passes the cause on where a replacement fails', () => {
    const root = freshRoot();
    const disk = nodeDisk(root);
    disk.append('taken/inside.txt', 'x');

    const replaceFolder = () => disk.replace('taken', 'x');

    expect(replaceFolder).toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    expect(readdirSync(root)).toEqual(['taken']);
  });

  it('passes on what is not absence', () => {
    const root = freshRoot();
    symlinkSync('loop', join(root, 'loop'));

    const read = () => nodeDisk(root).read('loop');

    expect(read).toThrow(/ELOOP/);
  });
});
