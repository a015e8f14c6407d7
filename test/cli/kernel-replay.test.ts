// `warden kernel replay` over real folders: what it says of a sound journal, of a damaged one, and of one that leads elsewhere.

import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFault } from '../../src/adapters/journal/journal-fault.ts';
import { chainOf, recordLine, sealLine } from '../../src/adapters/journal/journal-line.ts';
import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { readSegment } from '../../src/adapters/journal/segment.ts';
import { registerKernel } from '../../src/cli/kernel.ts';
import { sha256Hex } from '../../src/domain/canonical.ts';
import { hashOf, mark, run, started } from '../adapters/journal/journal-world.ts';
import { runInMemory } from './memory-host.ts';

const FIRST = 'pink-000000000001.jsonl';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-replay-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function replay(...argv: readonly string[]) {
  return runInMemory([registerKernel], ['kernel', 'replay', ...argv], { cwd });
}

/** A journal of 41 records below `journal`, with snapshots after 16 and 31; returns its last hash. */
function journal(): string {
  const disk = nodeJournalDisk(join(cwd, 'journal'));
  const kernel = started(disk, { snapshotEvery: 15 });
  run(kernel, 40, 5);
  disk.close();
  return hashOf(kernel);
}

function edit(name: string, change: (bytes: Buffer) => Buffer): void {
  const path = join(cwd, 'journal', name);
  writeFileSync(path, change(readFileSync(path)));
}

describe('kernel replay of a sound journal', () => {
  it('says so, with what it applied', async () => {
    const last = journal();

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('journal: every record leads to the state it led to before');
    expect(stdout).toMatch(/^records +41, from 1 to 41$/m);
    expect(stdout).toMatch(new RegExp(`^last state hash +${last}$`, 'm'));
    expect(stdout).toMatch(/^MARK +34\nCOMMAND +6\nSTART +1$/m);
    expect(stdout).not.toContain('never sealed');
  });

  it('gives the same as one object', async () => {
    const last = journal();

    const run = await replay('journal', '--json');

    expect(run.json()).toMatchObject({
      exit_code: 0,
      path: 'journal',
      from_snapshot: null,
      records: 41,
      first_record: 1,
      last_record: 41,
      last_hash: last,
      events: { MARK: 34, COMMAND: 6, START: 1 },
      poisons: [],
      unsealed: null,
      fault: null,
    });
  });

  it('begins from a snapshot where it is told to', async () => {
    const last = journal();

    const run = await replay('journal', '--from', 'snapshot-000000000016.json', '--json');

    expect(run.json()).toMatchObject({ exit_code: 0, first_record: 17, last_record: 41, last_hash: last });
    const late = await replay('journal', '--from', 'snapshot-000000000031.json', '--json');
    expect(late.json()).toMatchObject({ exit_code: 0, first_record: 32, last_record: 41, last_hash: last });
  });

  it('takes one segment alone, with the snapshot before it', async () => {
    journal();
    const segment = 'journal/pink-000000000017.jsonl';

    expect((await replay(`journal/${FIRST}`, '--json')).json()).toMatchObject({ records: 16 });
    expect((await replay(segment)).exitCode).toBe(3);
    expect((await replay(segment)).stderr).toContain('begins with record 17; name the snapshot before it');
    const run = await replay(segment, '--from', 'journal/snapshot-000000000016.json', '--json');
    expect(run.json()).toMatchObject({ exit_code: 0, records: 15, last_record: 31 });
  });

  it('does not call it sound where no record was applied', async () => {
    journal();

    const { exitCode, stdout } = await replay(`journal/${FIRST}`, '--from', 'snapshot-000000000016.json');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('no record here comes after the snapshot snapshot-000000000016.json');
    expect(stdout).not.toContain('every record');
    expect(stdout).not.toContain('a second');
  });

  it('says how the kernel stands at the end, and why', async () => {
    journal();

    const { stdout } = await replay('journal');

    expect(stdout).toMatch(/^kernel state +ENTRY_FROZEN$/m);
    expect(stdout).toMatch(/^reasons +STARTING\n +STREAM_DOWN\n/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('writes nothing, and does not mind an end that is being written', async () => {
    journal();
    const name = 'pink-000000000032.jsonl';
    edit(name, (bytes) => Buffer.concat([bytes, Buffer.from('{"n":42,"h":"00')]));
    const before = readdirSync(join(cwd, 'journal')).map((each) =>
      readFileSync(join(cwd, 'journal', each), 'hex'),
    );

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^never sealed +15 bytes, whole records: 0; cut off, or being written now$/m);
    const after = readdirSync(join(cwd, 'journal')).map((each) =>
      readFileSync(join(cwd, 'journal', each), 'hex'),
    );
    expect(after).toEqual(before);
  });
});

describe('kernel replay of a journal that is not what it was', () => {
  it('ends with 4 at the damaged record, and says what to do', async () => {
    journal();
    edit(FIRST, (bytes) => {
      bytes.write('9', bytes.indexOf('{"n":4,') + 70);
      return bytes;
    });

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(
      /^journal: pink-000000000001\.jsonl, record 4, byte \d+: the record does not fit its checksum.*Restore the file/,
    );
  });

  it('ends with 8 where a record leads elsewhere, with both hashes', async () => {
    const disk = nodeJournalDisk(join(cwd, 'journal'));
    const kernel = started(disk);
    const segment = readSegment(disk, FIRST);
    if (isFault(segment)) throw new Error(segment.problem);
    const event = JSON.stringify(mark(1));
    const record = recordLine(2, '00000000000000ff', event, segment.check);
    const seal = sealLine(2, chainOf(segment.chain, Buffer.from(record.line)), record.check);
    edit(FIRST, (bytes) => Buffer.concat([bytes, Buffer.from(record.line + seal.line)]));
    kernel.apply(mark(1));
    const actual = hashOf(kernel);
    disk.close();

    const { exitCode, stdout } = await replay('journal');
    const { fault } = (await replay('journal', '--json')).json() as { fault: unknown };

    expect(exitCode).toBe(8);
    expect(stdout).toMatch(/^expected +00000000000000ff$/m);
    expect(stdout).toMatch(new RegExp(`^actual +${actual}$`, 'm'));
    expect(fault).toMatchObject({
      kind: 'differs',
      file: FIRST,
      record: 2,
      expected: '00000000000000ff',
      actual,
    });
  });

  it('ends with 4 where a record has another number than its place', async () => {
    const disk = nodeJournalDisk(join(cwd, 'journal'));
    started(disk);
    const segment = readSegment(disk, FIRST);
    if (isFault(segment)) throw new Error(segment.problem);
    const record = recordLine(3, '00000000000000ff', JSON.stringify(mark(1)), segment.check);
    const seal = sealLine(3, chainOf(segment.chain, Buffer.from(record.line)), record.check);
    edit(FIRST, (bytes) => Buffer.concat([bytes, Buffer.from(record.line + seal.line)]));
    disk.close();

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(4);
    expect(stdout).toContain('expected record 2; found 3');
  });

  it('ends with 4 where a segment has the name of another one', async () => {
    journal();
    const folder = join(cwd, 'journal');
    renameSync(join(folder, 'pink-000000000032.jsonl'), join(folder, 'pink-000000000033.jsonl'));

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(4);
    expect(stdout).toContain('the head says that record 32 is the first, the name says another');
  });

  it('ends with 4 where a segment is of a journal that led to the same state on another way', async () => {
    journal();
    const other = nodeJournalDisk(join(cwd, 'other'));
    run(started(other, { snapshotEvery: 15 }), 40, 3);
    other.close();
    const name = 'pink-000000000017.jsonl';
    edit(name, () => readFileSync(join(cwd, 'other', name)));

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(4);
    expect(stdout).toContain(`the head goes on from another seal than the last one of ${FIRST}`);
  });

  it('ends with 4 where a segment is missing', async () => {
    journal();
    rmSync(join(cwd, 'journal', 'pink-000000000017.jsonl'));

    const { exitCode, stdout } = await replay('journal');

    expect(exitCode).toBe(4);
    expect(stdout).toContain(`records are missing: ${FIRST} ends with 16`);
  });
});

describe('kernel replay of what is no journal', () => {
  it('names what it looked for, and makes no folder', async () => {
    expect(await replay('nothing')).toMatchObject({ exitCode: 3 });
    expect(readdirSync(cwd)).toEqual([]);
    writeFileSync(join(cwd, 'notes.txt'), 'x');
    expect(await replay('notes.txt')).toMatchObject({ exitCode: 4 });
    expect((await replay('.')).stderr).toContain('holds no segment of a journal');
  });

  it('refuses a snapshot that does not verify, or is not there', async () => {
    journal();
    const name = 'snapshot-000000000016.json';
    edit(name, (bytes) => bytes.subarray(1));

    expect(await replay('journal', '--from', name)).toMatchObject({ exitCode: 4 });
    expect((await replay('journal', '--from', FIRST)).stderr).toContain('it is no snapshot');
    expect(await replay('journal', '--from', 'snapshot-1.json')).toMatchObject({ exitCode: 3 });
  });

  it('refuses a snapshot that says it is of another record than it holds', async () => {
    journal();
    const name = 'snapshot-000000000016.json';
    edit(name, (bytes) => {
      const body = bytes.toString('utf8').split(',"sha256":')[0]?.replace('"seq":16,', '"seq":17,') ?? '';
      return Buffer.from(`${body},"sha256":"${sha256Hex(body)}"}\n`);
    });

    const { exitCode, stderr } = await replay('journal', '--from', name);

    expect(exitCode).toBe(4);
    expect(stderr).toContain('its head is of another state than it holds');
  });
});
