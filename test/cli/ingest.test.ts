// `warden ingest`, run whole in memory against a real folder, on small files and on a year of real signals.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerIngest } from '../../src/cli/ingest.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-ingest-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function event(day: number, extra = ''): string {
  return `{"ts":"2021-05-${String(day).padStart(2, '0')}T00:00:00Z","agent":"momo","symbol":"BTC/USDT","direction":"SELL"${extra}}`;
}

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(join(cwd, name), content);
  return name;
}

async function ingest(...argv: string[]) {
  return await runInMemory([registerIngest], ['ingest', ...argv], { cwd });
}

/** Every file of the state with its bytes, without the provenance of runs. */
function stateBytes(folder = join(cwd, 'state/data')): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of existsSync(folder) ? readdirSync(folder, { recursive: true }) : []) {
    const path = join(folder, String(name));
    if (statSync(path).isFile() && !String(name).startsWith('runs'))
      files[String(name)] = readFileSync(path, 'utf8');
  }
  return files;
}

describe('warden ingest in GitHub Actions', () => {
  const env = (): Record<string, string> => ({ GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: cwd });

  it('marks what it rejected at file, line and column, and says it nowhere else', async () => {
    const name = file('a.jsonl', `${event(1)}\nno json\n${event(2, ',"score_final":"high"')}\n`);
    const run = await runInMemory([registerIngest], ['ingest', name], { cwd, env: env() });

    expect(run.exitCode).toBe(2);
    const commands = run.stderr.split('\n').filter((line) => line.startsWith('::'));
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatch(
      /^::error file=a\.jsonl,line=2,col=1,title=Set aside%3A malformed_json::column 1: /,
    );
    expect(commands[1]).toMatch(/^::error file=a\.jsonl,line=3,title=Set aside%3A invalid_event::/);
  });

  it('shows nine of many and says where the others are', async () => {
    const name = file('a.jsonl', 'no json\n'.repeat(30));
    const run = await runInMemory([registerIngest], ['ingest', name, '--json'], { cwd, env: env() });

    const commands = run.stderr.split('\n').filter((line) => line.startsWith('::'));
    expect(commands).toHaveLength(10);
    expect(commands[9]).toBe(
      '::error title=Set aside::21 more lines were set aside; all of them are in alpha/rejects/ingest of the state',
    );
    expect(run.json()).toMatchObject({ rejected: 30 });
  });
});

describe('warden ingest', () => {
  it('takes events with a misspelled field, and asks whether it was meant', async () => {
    const text = `${event(1, ',"scoreFinal":0.5')}\n${event(2, ',"scoreFinal":1')}\n`;

    const run = await ingest(file('a.jsonl', text));

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('2 events have "scoreFinal" and no score_final');
    expect(run.stderr).toContain('Did you mean score_final?');
  });

  it('appends the events of all files, packed or not', async () => {
    file('a.jsonl', `${event(1)}\n${event(2)}\n`);
    file('b.jsonl.gz', gzipSync(`${event(3)}\n${event(1)}\n`));

    const run = await ingest('a.jsonl', 'b.jsonl.gz');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe(
      ['read        4', 'appended    3', 'duplicates  1', 'conflicts   0', 'rejected    0', ''].join('\n'),
    );
  });

  it('leaves the same bytes however often it runs', async () => {
    file('a.jsonl', `${event(1)}\n{bad\n${event(2)}`);
    await ingest('a.jsonl');
    const once = stateBytes();

    const run = await ingest('a.jsonl', '--json');

    expect(run.json()).toMatchObject({ appended: 0, duplicates: 2, rejected: 1 });
    expect(stateBytes()).toEqual(once);
    expect(Object.keys(once)).toEqual(
      expect.arrayContaining(['alpha/events/ingest/2021-05.jsonl', 'alpha/rejects/ingest/2026-11.jsonl']),
    );
  });

  it('takes the older shape, with the market that is given', async () => {
    file('events.jsonl', event(1).replace('BTC/USDT', 'BTCUSDT'));

    const refused = await ingest('events.jsonl');
    const taken = await ingest('events.jsonl', '--market', 'perp');

    expect(refused.exitCode).toBe(2);
    expect(taken.exitCode).toBe(0);
    expect(stateBytes()['alpha/events/ingest/2021-05.jsonl']).toContain('"market":"perp"');
  });

  it('lists what it set aside by code, with the first three places', async () => {
    file('a.jsonl', `${'{bad\n'.repeat(5)}${event(1)}\n[1]\n{"ts":"20`);

    const run = await ingest('a.jsonl');

    expect(run.exitCode).toBe(2);
    expect(run.stdout.split('\n').slice(6)).toEqual([
      'code            lines  first examples',
      expect.stringMatching(/^malformed_json {6}5 {2}a\.jsonl:1 column 2: /),
      expect.stringMatching(/^ {15,}a\.jsonl:2 /),
      expect.stringMatching(/^ {15,}a\.jsonl:3 /),
      expect.stringMatching(/^invalid_event {7}1 {2}a\.jsonl:7 expected a JSON object/),
      expect.stringMatching(/^torn_tail {11}1 {2}a\.jsonl:8 the last line has no newline/),
      'all of them are kept in alpha/rejects/ingest; mend them in their source and ingest it again',
      '',
    ]);
  });

  it.each([
    ['a list of events', JSON.stringify([JSON.parse(event(1)), JSON.parse(event(2))], null, 2)],
    ['a table', 'ts,agent,symbol,direction\n2021-05-01T00:00:00Z,momo,BTC/USDT,SELL\n'],
    ['another encoding', Buffer.from(`\ufeff${event(1)}\n`, 'utf16le')],
  ])('says what was expected of a file that holds %s', async (_case, content) => {
    file('a.json', content);

    const run = await ingest('a.json');

    expect(run.exitCode).toBe(2);
    expect(run.stdout).toContain('\nno line is an event: expected one JSON object per line, in UTF-8\n');
  });

  it('lists conflicts as such', async () => {
    file('a.jsonl', `${event(1, ',"event_id":"x"')}\n${event(2, ',"event_id":"x"')}\n`);

    const run = await ingest('a.jsonl', '--json');

    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({
      read: 2,
      appended: 1,
      conflicts: 1,
      rejects: [{ code: 'conflicting_duplicate', count: 1 }],
    });
  });

  it('keeps what stands before the damage of an archive, and says where it ended', async () => {
    const many = Array.from({ length: 2000 }, (_, at) => event((at % 28) + 1, `,"score_final":${at}`)).join(
      '\n',
    );
    const packed = gzipSync(many, { level: 0 });
    file('cut.gz', packed.subarray(0, packed.length - 20_000));

    const run = await ingest('cut.gz', '--json');

    expect(run.exitCode).toBe(2);
    expect(run.json()).toMatchObject({ unreadable: ['cut.gz: unexpected end of file'] });
    expect(run.stderr).toContain('what stood before is kept');
    expect(Object.keys(stateBytes())).toContain('alpha/events/ingest/2021-05.jsonl');
  });

  it('reads nothing where one of its files is missing', async () => {
    file('a.jsonl', `${event(1)}\n`);

    const run = await ingest('a.jsonl', 'gone.jsonl');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('there is no file');
    expect(stateBytes()).toEqual({});
  });

  it.each([
    ['no file', []],
    ['a market that does not exist', ['a.jsonl', '--market', 'forex']],
  ])('refuses %s', async (_case, argv) => {
    file('a.jsonl', `${event(1)}\n`);

    expect((await ingest(...argv)).exitCode).toBe(3);
  });

  it('shows how far it is in bytes where there is no terminal, and nothing of it with --json', async () => {
    file('a.jsonl', `${event(1)}\n`);

    const plain = await ingest('a.jsonl', '--dry-run');
    const json = await ingest('a.jsonl', '--json');

    expect(plain.stderr).toMatch(/^ingest, bytes: 100 % \(/);
    expect(json.stderr).not.toContain('%');
  });

  it('takes telemetry with --telemetry', async () => {
    file(
      't.jsonl',
      '{"ts":1619827200,"agent":"momo","run_id":"r1","status":"error","duration_ms":5,"error":"x"}\n',
    );

    const run = await ingest('t.jsonl', '--telemetry', '--json');

    expect(run.json()).toMatchObject({ appended: 1 });
    expect(Object.keys(stateBytes())).toEqual(['telemetry/events/2021-05.jsonl']);
  });
});

const shared = process.env['WARDEN_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const REAL_EVENTS = join(shared, 'data/events-2021.jsonl');

describe.skipIf(!existsSync(REAL_EVENTS))('warden ingest of 20,097 real signals', () => {
  it('takes every one of them, once', async () => {
    const first = await ingest(REAL_EVENTS, '--json');
    const again = await ingest(REAL_EVENTS, '--json');

    expect(first.json()).toMatchObject({ read: 20_097, appended: 20_097, rejected: 0 });
    expect(again.json()).toMatchObject({ read: 20_097, appended: 0, duplicates: 20_097 });
  });
});
