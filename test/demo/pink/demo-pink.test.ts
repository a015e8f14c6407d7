// PINK in the demo, some days of it: the real runner trades at the local exchange over sockets, obeys the kill list, and two runs are one.

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disabledClass, enabledClass } from '../../../src/adapters/config/kill-list-edit.ts';
import { readAcks } from '../../../src/adapters/state/kernel-records.ts';
import { nodeDisk } from '../../../src/adapters/state/node-disk.ts';
import { makeMarket } from '../../../src/demo/market.ts';
import { type DemoPinkSummary, openPink } from '../../../src/demo/pink/demo-pink.ts';
import { pinkYaml } from '../../../src/demo/pink/pink-yaml.ts';
import { sha256Hex } from '../../../src/domain/canonical.ts';
import type { AlphaEvent } from '../../../src/domain/event.ts';
import type { KernelAck } from '../../../src/domain/kernel-records.ts';
import { DAY_MS, isoFromMs, MINUTE_MS, msFromIso } from '../../../src/domain/time.ts';

const CONFIG = fileURLToPath(new URL('../../../config', import.meta.url));
const SEED = 3;
const DAYS = 6;
/** Jobs of the demo run at ten past midnight. */
const RUN_MS = 10 * MINUTE_MS;
const SLOW_MS = 120_000;

/** One life of PINK: two days, then its class is disabled for two more, and then enabled again. */
interface Lived {
  readonly top: string;
  readonly market: ReturnType<typeof makeMarket>;
  readonly disabledAtMs: number;
  readonly enabledAtMs: number;
  readonly stages: readonly DemoPinkSummary[];
  readonly remarks: readonly string[];
}

let lived: Lived;
let again: Lived;

beforeAll(async () => {
  lived = await live();
  again = await live();
}, SLOW_MS);

afterAll(() => {
  for (const { top } of [lived, again]) rmSync(top, { recursive: true, force: true });
});

async function live(): Promise<Lived> {
  const top = mkdtempSync(join(tmpdir(), 'warden-pink-'));
  for (const name of ['config', 'state', 'pink']) mkdirSync(join(top, name));
  const killList = join(top, 'config/kill-list.yaml');
  cpSync(join(CONFIG, 'kill-list.yaml'), killList);
  const market = makeMarket(SEED, DAYS);
  writeFileSync(join(top, 'config/pink.yaml'), pinkYaml(market));
  const remarks: string[] = [];
  const note = (text: string): void => void remarks.push(text);
  const opened = await openPink({
    dir: join(top, 'pink'),
    configDir: join(top, 'config'),
    stateDir: join(top, 'state'),
    market,
    seed: SEED,
    log: { info: () => undefined, warn: note, error: note },
    codeVersion: '1.0.0',
  });
  if (!opened.ok) throw new Error(opened.error);
  const pink = opened.value;
  const stages: DemoPinkSummary[] = [];
  const nightOf = (day: number): number => market.startMs + day * DAY_MS + RUN_MS;
  const daysUntil = async (from: number, to: number): Promise<number> => {
    for (let day = from; day <= to; day += 1) await pink.liveUntil(nightOf(day));
    stages.push(pink.summary());
    return nightOf(to);
  };
  const change = (edit: (text: string) => ReturnType<typeof enabledClass>): void => {
    const edited = edit(readFileSync(killList, 'utf8'));
    if (!edited.ok) throw new Error(edited.error);
    writeFileSync(killList, edited.value);
  };
  const disabledAtMs = await daysUntil(1, 2);
  const since = isoFromMs(disabledAtMs);
  change((text) =>
    disabledClass(text, 'macro', { reason: 'it lost', evidence: 'verdict v-1', since, episode: 'macro/1' }),
  );
  const enabledAtMs = await daysUntil(3, 4);
  change((text) => enabledClass(text, 'macro'));
  await daysUntil(5, DAYS);
  await pink.stop();
  return { top, market, disabledAtMs, enabledAtMs, stages, remarks };
}

function eventsOf({ top }: Lived, fromMs: number, toMs: number): readonly AlphaEvent[] {
  const text = readFileSync(join(top, 'state/alpha/events/pink/2026-01.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AlphaEvent)
    .filter(({ ts }) => msFromIso(ts) >= fromMs && msFromIso(ts) < toMs);
}

function acksOf({ top }: Lived, afterMs: number): readonly KernelAck[] {
  return readAcks(nodeDisk(join(top, 'state'))).filter(
    ({ ts, strategy_class }) => strategy_class === 'macro' && msFromIso(ts) >= afterMs,
  );
}

function outcomesOf(events: readonly AlphaEvent[]): readonly (readonly [unknown, unknown])[] {
  const pairs = events.map(({ meta }) => [meta?.['executed'], meta?.['outcome']] as const);
  return [...new Map(pairs.map((pair) => [pair.join(), pair])).values()];
}

/** By name, the digest of each file. */
function bytesBelow(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path)] = sha256Hex(readFileSync(path, 'latin1'));
  }
  return files;
}

describe('the PINK of the demo', () => {
  it('trades both ways, and its own book is that of the exchange to the cent', () => {
    const [first] = lived.stages;
    const events = eventsOf(lived, 0, lived.disabledAtMs);

    expect(first?.entries).toBeGreaterThanOrEqual(3);
    expect(first?.orders).toBeGreaterThan(first?.entries ?? 0);
    expect(outcomesOf(events)).toEqual([[true, 'APPLIED']]);
    expect(new Set(lived.stages.map(({ band }) => band))).toEqual(new Set(['OK']));
    expect(new Set(eventsOf(lived, 0, Infinity).map(({ direction }) => direction))).toEqual(
      new Set(['LONG', 'SHORT']),
    );
    expect(lived.remarks).toEqual([]);
  });

  it('says an entry at the very instant at which its bar closed', () => {
    for (const { ts, agent, market, strategy_class } of eventsOf(lived, 0, Infinity)) {
      expect(msFromIso(ts) % (4 * 60 * MINUTE_MS)).toBe(0);
      expect([agent, market, strategy_class]).toEqual(['pink', 'perp', 'macro']);
    }
  });

  it('acknowledges within a second that its class was disabled, and from then on enters nothing', () => {
    const [ack] = acksOf(lived, lived.disabledAtMs);
    const [before, after] = lived.stages;
    const denied = eventsOf(lived, lived.disabledAtMs, lived.enabledAtMs);

    expect(ack?.applied).toBe('entries_blocked');
    expect(ack?.episode).toBe('macro/1');
    expect(msFromIso(ack?.ts ?? '') - lived.disabledAtMs).toBeLessThanOrEqual(1_000);
    expect(ack?.open_positions_left).toHaveLength(before?.positions ?? 0);
    expect(denied.length).toBeGreaterThanOrEqual(3);
    expect(outcomesOf(denied)).toEqual([[false, 'STRATEGY_DISABLED']]);
    expect(after?.entries).toBe(before?.entries);
    expect(after?.entriesDenied).toBe(denied.length);
  });

  it('leaves what it held while its class may not enter', () => {
    const [before, after] = lived.stages;

    expect(before?.positions).toBeGreaterThan(0);
    expect(after?.positions).toBe(0);
    expect(after?.tradesClosed).toBe((before?.tradesClosed ?? 0) + (before?.positions ?? 0));
  });

  it('enters again once the class is enabled', () => {
    const [ack] = acksOf(lived, lived.enabledAtMs);
    const [, before, after] = lived.stages;

    expect(ack?.applied).toBe('entries_allowed');
    expect(msFromIso(ack?.ts ?? '') - lived.enabledAtMs).toBeLessThanOrEqual(1_000);
    expect(outcomesOf(eventsOf(lived, lived.enabledAtMs, Infinity))).toEqual([[true, 'APPLIED']]);
    expect(after?.entries).toBeGreaterThan(before?.entries ?? 0);
  });

  it('leaves equal bytes whenever it lives through the same days, its journal among them', () => {
    expect(again.stages).toEqual(lived.stages);
    const bytes = bytesBelow(lived.top);
    expect(Object.keys(bytes)).toContain('state/telemetry/events/2026-01.jsonl');
    expect(bytesBelow(again.top)).toEqual(bytes);
  });
});

it('leaves nothing open that would keep the process from ending, where its folder cannot be written', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'warden-pink-'));
  const market = makeMarket(SEED, DAYS);
  cpSync(join(CONFIG, 'kill-list.yaml'), join(dir, 'kill-list.yaml'));
  writeFileSync(join(dir, 'pink.yaml'), pinkYaml(market));
  mkdirSync(join(dir, 'pink'));
  writeFileSync(join(dir, 'pink/data'), 'a file');
  /** What is closed is gone two turns later. */
  const listening = async (): Promise<number> => {
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
  };
  const before = await listening();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const opening = openPink({
    dir: join(dir, 'pink'),
    configDir: dir,
    stateDir: dir,
    market,
    seed: SEED,
    log,
    codeVersion: '1.0.0',
  });

  await expect(opening).rejects.toThrow(/EEXIST|ENOTDIR/);
  expect(await listening()).toBe(before);
  rmSync(dir, { recursive: true, force: true });
});
