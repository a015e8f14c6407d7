// `warden emit`, run whole in memory against a real folder.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerEmit } from '../../src/cli/emit.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-emit-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const GOOD = '{"ts":"2026-10-31T23:59:59Z","agent":"momo","symbol":"BTC/USDT","direction":"BUY"}';
const RUN = '{"ts":"2026-11-01T00:00:00Z","agent":"momo","run_id":"r1","status":"ok","duration_ms":5}';

async function emit(stdin: string, ...argv: string[]) {
  return await runInMemory([registerEmit], ['emit', ...argv], { cwd, stdin });
}

function stored(path: string): string[] {
  const file = join(cwd, 'state/data', path);
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

describe('warden emit', () => {
  it('appends good lines and says so', async () => {
    const run = await emit(`${GOOD}\n`);

    expect(run).toMatchObject({
      exitCode: 0,
      stdout: '1 read: 1 appended, 0 already there, 0 set aside\n',
      stderr: '',
    });
    expect(stored('alpha/events/emit/2026-10.jsonl')[0]).toContain('"direction":"LONG"');
  });

  it('keeps the good lines, names the bad ones with their place, and ends with 2', async () => {
    const run = await emit(`{bad\n${GOOD}\n\n{"ts":1}\n`);

    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/^stdin:1 column 2: .*\nstdin:4 .*\nwarning: 2 of 3 lines were set aside/);
    expect(stored('alpha/events/emit/2026-10.jsonl')).toHaveLength(1);
    expect(stored('alpha/rejects/emit/2026-11.jsonl').map((line) => JSON.parse(line))).toMatchObject([
      { code: 'malformed_json', file: 'stdin', line: 1, raw: '{bad' },
      { code: 'invalid_event', file: 'stdin', line: 4 },
    ]);
  });

  it('files rejects under the month of --now', async () => {
    await emit('{bad\n', '--now', '2026-12-01T00:00:00Z');

    expect(stored('alpha/rejects/emit/2026-12.jsonl')).toHaveLength(1);
  });

  it('returns counts and ids as JSON', async () => {
    const withId = GOOD.replace('}', ',"event_id":"mine"}');

    const run = await emit(`${withId}\n`, '--json');

    expect(run.json()).toEqual({
      exit_code: 0,
      read: 1,
      appended: 1,
      duplicates: 0,
      conflicts: 0,
      rejected: 0,
      event_ids: ['mine'],
      remarks: [],
    });
  });

  it('changes nothing the second time, and leaves no second record of a run', async () => {
    await emit(`${GOOD}\n`);

    const run = await emit(`${GOOD}\n`);

    expect(run.stdout).toBe('1 read: 0 appended, 1 already there, 0 set aside\n');
    expect(stored('alpha/events/emit/2026-10.jsonl')).toHaveLength(1);
    expect(stored('runs/2026-11.jsonl')).toHaveLength(1);
  });

  it('names an id that belongs to another content, and does not list it as stored', async () => {
    const first = GOOD.replace('}', ',"event_id":"x"}');
    const others = ['SELL', 'FLAT'].map((word) => first.replace('BUY', word));

    const run = await emit(`${[first, ...others, ...others].join('\n')}\n`, '--json');

    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ read: 5, rejected: 0, event_ids: expect.arrayContaining(['x']) });
    expect(run.stderr).toMatch(/stdin:\d event_id "x" belongs to an event with different content/);
    const counts = run.json();
    expect(counts).toMatchObject({ conflicts: 2, appended: 1, duplicates: 2 });
  });

  it('takes telemetry with --telemetry', async () => {
    const run = await emit(`${RUN}\n${RUN}\n${GOOD}\n`, '--telemetry', '--json');

    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ read: 3, appended: 1, duplicates: 1, rejected: 1, event_ids: [] });
    expect(stored('telemetry/events/2026-11.jsonl')).toHaveLength(1);
    expect(stored('alpha/rejects/emit/2026-11.jsonl')).toHaveLength(1);
  });

  it('writes under the producer it is given', async () => {
    await emit(`${GOOD}\n`, '--producer', 'desk-7');

    expect(stored('alpha/events/desk-7/2026-10.jsonl')).toHaveLength(1);
  });

  it.each(['../evil', 'Upper', '', 'a/b', '-x'])('refuses %j as a producer', async (producer) => {
    const run = await emit(`${GOOD}\n`, `--producer=${producer}`);

    expect(run.exitCode).toBe(3);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('does everything but write with --dry-run', async () => {
    const run = await emit(`${GOOD}\n{bad\n`, '--dry-run', '--json');

    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ dry_run: true, appended: 1, rejected: 1 });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('has nothing to do for an empty input', async () => {
    const run = await emit('');

    expect(run).toMatchObject({ exitCode: 0, stdout: '0 read: 0 appended, 0 already there, 0 set aside\n' });
  });
});
