// The built runner as a person has it: begun, looked at, told to stop and to go on, given another kill list, ended, and begun again.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KernelAck } from '../../src/domain/kernel-records.ts';
import { begin, type Life, settings } from './kill/lives.ts';

const CLI = new URL('../../dist/cli.js', import.meta.url).pathname;
const SHIPPED = new URL('../../config/kill-list.yaml', import.meta.url);
const DISABLED = `macro:
  status: DISABLED
  reason: it loses
  evidence: a test
  since: 2026-11-28T00:00:00.000Z
  episode: macro/1
`;

let folder = '';
let life: Life;
let began: Record<string, unknown> = {};

async function started(): Promise<void> {
  life = begin({ folder });
  const said = await life.began;
  if (said === null) throw new Error(life.stderr());
  began = said;
}

async function stopped(): Promise<{ readonly code: number | null; readonly end: Record<string, unknown> }> {
  const gone = once(life.child, 'exit');
  life.child.kill('SIGTERM');
  await gone;
  return { code: life.child.exitCode, end: JSON.parse(life.stdout().trim().split('\n').at(-1) ?? '') };
}

async function warden(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [CLI, ...argv], { cwd: folder });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

async function ctl(...argv: readonly string[]): Promise<Record<string, unknown>> {
  const { out } = await warden('kernel', 'ctl', ...argv, '--socket', 'data/control.sock', '--json');
  return JSON.parse(out) as Record<string, unknown>;
}

async function view(): Promise<Record<string, unknown>> {
  const answer = await fetch(`${String(began['status_page'])}view.json`);
  return ((await answer.json()) as { view: Record<string, unknown> }).view;
}

/** Waits for something that has to come, however busy the machine is. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    if (life.child.exitCode !== null) throw new Error(life.stderr());
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function acks(): readonly KernelAck[] {
  const path = join(folder, 'state/kernel/acks.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as KernelAck);
}

function rows(table: string): readonly Record<string, unknown>[] {
  const dir = join(folder, 'data/rows');
  if (!existsSync(dir)) return [];
  const text = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
  const all = text
    .join('')
    .split('\n')
    .filter((line) => line.endsWith('}'));
  return all
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((row) => row['table'] === table);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'warden-runner-'));
  settings({ folder });
  await started();
});
afterAll(async () => {
  if (life.child.exitCode === null) {
    const gone = once(life.child, 'exit');
    life.child.kill('SIGKILL');
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('a runner', () => {
  it('trades by itself, shows it on its page, and makes rows of it', async () => {
    await until(async () => ((await view())['recent'] as { closed: unknown[] }).closed.length > 0);
    await until(() => rows('trades').length > 0);

    expect(rows('fills').length).toBeGreaterThan(1);
    expect(readdirSync(join(folder, 'state/alpha/events/pink'))).toHaveLength(1);
    const metrics = await (await fetch(`${String(began['status_page'])}metrics`)).text();
    expect(metrics).toMatch(/^pink_fills_total\{.*\} [1-9]/m);
  });

  it('is the only one of its folder', async () => {
    const second = await warden(
      'kernel',
      'run',
      '--config',
      'config',
      '--data',
      'data',
      '--state',
      'state',
      '--socket',
      'second.sock',
    );

    expect(second.code).toBe(4);
    expect(second.err).toMatch(/kernel/);
    expect(life.child.exitCode).toBeNull();
  });

  it('freezes, says why, and goes on, each command once in the journal with who and why', async () => {
    expect(await ctl('freeze', '--reason', 'a test of it')).toMatchObject({
      outcome: 'done',
      kernel_state: 'entry_frozen',
    });
    const why = await ctl('why');
    expect(JSON.stringify(why['explanation'])).toContain('a test of it');
    expect(await ctl('unfreeze', '--reason', 'enough')).toMatchObject({
      outcome: 'done',
      kernel_state: 'run',
    });

    const replay = await warden('kernel', 'replay', 'data/journal', '--json');
    expect(JSON.parse(replay.out)).toMatchObject({ events: { COMMAND: 2 } });
  });

  it('refuses the entries of a class that was disabled, lets its exits go on, and acknowledges it', async () => {
    await until(async () => JSON.stringify((await view())['slots']).includes('OPEN'));
    const editedMs = Date.now();
    writeFileSync(join(folder, 'config/kill-list.yaml'), DISABLED);
    await until(() => acks().some(({ applied }) => applied === 'entries_blocked'));

    const [ack] = acks().filter(
      ({ strategy_class: of, applied }) => of === 'macro' && applied === 'entries_blocked',
    );
    expect(ack).toMatchObject({ episode: 'macro/1', kill_list_commit: null });
    expect(Date.parse(ack?.ts ?? '') - editedMs).toBeLessThan(60_000);
    await until(async () => !/OPEN|EXITING|ENTERING/.test(JSON.stringify((await view())['slots'])));
    await until(() => rows('steps').some((row) => row['outcome'] === 'STRATEGY_DISABLED'));
  });

  it('keeps the last good list in force where the new one is broken, and says so until it is mended', async () => {
    writeFileSync(join(folder, 'config/kill-list.yaml'), 'macro: { status: ENABLE }\n');
    await until(() => life.stderr().includes('kill-list.yaml'));
    await until(async () => String((await view())['listProblem']).includes('did you mean'));
    expect((await ctl('status'))['summary']).toMatchObject({
      strategies: { macro: { permission: 'entries_blocked' } },
    });

    writeFileSync(join(folder, 'config/kill-list.yaml'), readFileSync(SHIPPED));
    await until(() => acks().at(-1)?.applied === 'entries_allowed');
    expect((await ctl('status'))['summary']).toMatchObject({
      strategies: { macro: { permission: 'entries_allowed' } },
    });
  });

  it('ends flat at a signal, and the next one goes on with its journal and its account', async () => {
    const first = await stopped();
    expect(first).toMatchObject({ code: 0, end: { left: [], halted: null } });
    const replay = await warden('kernel', 'replay', 'data/journal', '--json');
    const before = JSON.parse(replay.out) as {
      last_record: number;
      kernel: { residual_usdt: string; slots: readonly { lots: number }[] };
    };
    expect(before.kernel.residual_usdt).toBe('0');
    expect(before.kernel.slots.filter(({ lots }) => lots !== 0)).toEqual([]);

    await started();
    expect(Number(began['sequence'])).toBeGreaterThan(before.last_record);
    await until(async () => (await ctl('status'))['kernel_state'] === 'run');
    expect((await stopped()).code).toBe(0);
  });

  it('does not take a folder of paper for one of another account, and begins nothing in a dry run', async () => {
    const dry = await warden('kernel', 'run', '--config', 'config', '--data', 'fresh', '--dry-run');
    expect([dry.code, existsSync(join(folder, 'fresh'))]).toEqual([0, false]);
    const text = readFileSync(join(folder, 'config/pink.yaml'), 'utf8');
    writeFileSync(
      join(folder, 'config/pink.yaml'),
      text.replace('venue:\n', 'venue:\n  environment: demo\n'),
    );

    const other = await warden('kernel', 'run', '--config', 'config', '--data', 'data', '--state', 'state');
    expect(other.code).toBe(3);
    expect(other.err).toMatch(/data is not a folder of venue\.environment demo: it is of paper/);
  });
});
