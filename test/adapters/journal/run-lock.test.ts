// The lock of a journal's folder: one kernel at a time, and none that a dead one could keep out.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeJournalDisk } from '../../../src/adapters/journal/node-journal-disk.ts';
import { asOnlyKernel } from '../../../src/adapters/journal/run-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warden-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Larger than any process id of Linux. */
const DEAD = 2 ** 22 + 1;

function leaveLock(pid: number): void {
  mkdirSync(join(folder, '.locks'));
  const owner = { pid, host: hostname(), since: '2026-11-21T10:00:00.000Z' };
  writeFileSync(join(folder, '.locks', 'kernel.lock'), `${JSON.stringify(owner)}\n`);
}

describe('the only kernel of a folder', () => {
  it('is refused while another one lives, and says which', async () => {
    leaveLock(process.ppid);

    const result = await asOnlyKernel(folder, () => 'ran');

    expect(result).toMatchObject({ ok: false, error: { owner: { pid: process.ppid } } });
    expect(!result.ok && result.error.message).toContain(`remove .locks/kernel.lock in ${folder}`);
  });

  it('takes over the lock of one that died', async () => {
    leaveLock(DEAD);

    expect(await asOnlyKernel(folder, () => 'ran')).toEqual({ ok: true, value: 'ran' });
  });

  it('gives the lock back, whatever happens, and leaves no trace in the journal', async () => {
    await expect(
      asOnlyKernel(folder, () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');

    expect(await asOnlyKernel(folder, () => nodeJournalDisk(folder).list())).toEqual({ ok: true, value: [] });
  });
});
