// What reconcile, train and replay say before they work: folders that are none, a state without anything in it, their help.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerIngest } from '../../src/cli/ingest.ts';
import { registerReconcile } from '../../src/cli/reconcile.ts';
import { registerReplay } from '../../src/cli/replay.ts';
import { registerTrain } from '../../src/cli/train.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-jobs-'));
  mkdirSync(join(cwd, 'candles'));
  writeFileSync(join(cwd, 'a-file'), '');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function warden(...argv: string[]) {
  const registers = [registerIngest, registerReconcile, registerTrain, registerReplay];
  return await runInMemory(registers, argv, { cwd });
}

const EVENT = '{"ts":"2026-11-21T09:30:00Z","agent":"momo","symbol":"BTC/USDT","direction":"LONG"}\n';
const SPAN = ['--from', '2026-11-20T00:00:00Z', '--to', '2026-11-21T00:00:00Z'];

describe('a folder option', () => {
  it.each([
    ['--prices', 'a-file', 'is not a folder'],
    ['--prices', 'gone', 'there is no folder'],
    ['--config', 'a-file', 'is not a folder'],
    ['--config', 'gone', 'there is no folder'],
  ])('%s %s is wrong usage', async (option, folder, message) => {
    const run = await warden('reconcile', option, folder);

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(`error: ${option} ${folder}: `);
    expect(run.stderr).toContain(message);
  });
});

describe('a state without events, as a mistyped --state is', () => {
  it.each([
    ['reconcile', ['reconcile', '--prices', 'candles'], 'holds no events yet'],
    ['replay', ['replay', '--prices', 'candles', ...SPAN], 'holds no events yet'],
    ['train', ['train'], 'holds no rows yet'],
  ])('is remarked on by %s', async (_command, argv, remark) => {
    const run = await warden(...argv, '--state', 'mistyped');

    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain(`warning: the state folder ${join(cwd, 'mistyped')} ${remark}`);
  });

  it('is not remarked on once an event is there', async () => {
    writeFileSync(join(cwd, 'events.jsonl'), EVENT);
    await warden('ingest', 'events.jsonl');

    const run = await warden('reconcile', '--prices', 'candles');

    expect(run.stderr).not.toContain('warning');
  });
});

describe('a market without a source of prices', () => {
  const EQUITY = EVENT.replace('"BTC/USDT"', '"SPY","market":"equity"');
  const reconcile = ['reconcile', '--now', '2026-11-24T00:00:00Z', '--json'];

  it('has its signals wait, and is no source that does not answer', async () => {
    writeFileSync(join(cwd, 'events.jsonl'), EQUITY);
    await warden('ingest', 'events.jsonl');

    const run = await warden(...reconcile);

    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({
      due: { waiting: { pending: 3 } },
      losses: [{ symbol: 'SPY', first_reason: expect.stringContaining('APCA_API_KEY_ID') }],
      instruments: { asked: 0, unavailable: 0 },
    });
  });

  it('does not hide a source that was named and cannot be asked', async () => {
    writeFileSync(join(cwd, 'events.jsonl'), EVENT + EQUITY);
    await warden('ingest', 'events.jsonl');
    mkdirSync(join(cwd, 'config'));
    const shipped = readFileSync('config/warden.yaml', 'utf8');
    writeFileSync(join(cwd, 'config/warden.yaml'), shipped.replace('[okx, kraken]', '[krakn]'));

    const run = await warden(...reconcile);

    expect(run.exitCode, run.stderr).toBe(6);
    expect(run.json()).toMatchObject({ instruments: { asked: 1, unavailable: 1 } });
  });
});

describe('the text of train', () => {
  it('says in words that there are too few rows', async () => {
    const run = await warden('train');

    expect(run.stdout).toMatch(/^24 h .* no {4}fewer rows than model\.min_rows$/m);
  });
});

describe('replay', () => {
  it('ends now where no last instant is named', async () => {
    const [from = '', instant = ''] = SPAN;

    const run = await warden('replay', '--prices', 'candles', from, instant, '--now', instant, '--json');

    expect(run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ steps: 1 });
  });

  it('refuses to end before it begins', async () => {
    const run = await warden('replay', '--from', '2021-03-02T00:00:00Z', '--now', '2021-03-01T00:00:00Z');

    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain('lies before --from');
  });
});

describe('the help of replay', () => {
  it('shows its step as a person writes it', async () => {
    const run = await warden('replay', '--help');

    expect(run.stdout).toContain('(default: 1d)');
  });
});
