// The demo's disk: it keeps the contract of every disk, on files that any other disk can read.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { nodeDisk } from '../../src/adapters/state/node-disk.ts';
import { quickDisk } from '../../src/demo/quick-disk.ts';
import { diskContract } from '../contracts/disk.ts';

const top = mkdtempSync(join(tmpdir(), 'warden-quick-disk-'));

afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

function freshRoot(): string {
  return join(mkdtempSync(join(top, 'root-')), 'state');
}

diskContract('quickDisk', () => quickDisk(freshRoot()));

it('leaves files that the durable disk reads as they were written, and nothing beside them', () => {
  const root = freshRoot();
  quickDisk(root).replace('a/b.txt', 'one');
  quickDisk(root).append('a/b.txt', ' two');

  expect(nodeDisk(root).read('a/b.txt')?.toString()).toBe('one two');
  expect(nodeDisk(root).list('a')).toEqual(['b.txt']);
});
