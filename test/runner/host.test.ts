// The host of the kernel: what is durable before what, what observers see, and how it begins, halts and ends.

import { describe, expect, it } from 'vitest';
import type { ClientOrderId, IntentId, RunId, StrategyClass } from '../../src/domain/ids.ts';
import { type EpochMs, lots, PPM_ONE } from '../../src/domain/steps.ts';
import type { OrderRequest, VenueNotice } from '../../src/domain/venue.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { JournalDisk, Venue } from '../../src/ports.ts';
import { type Host, type HostDeps, openHost } from '../../src/runner/host.ts';
import { markEvent } from '../../src/runner/price-board.ts';
import type { AppliedRecord } from '../../src/runner/record.ts';
import { memoryLog } from '../fakes/memory-mailer.ts';
import { simulatedDisk } from '../fakes/simulated-disk.ts';
import { BTC, config } from '../kernel/build.ts';
import { type PaperWorld, paperWorld } from './paper-world.ts';
import { positionIn } from './policy-stage.ts';

const CLASS = 'champion' as StrategyClass;

interface Hosted {
  readonly host: Host;
  readonly records: AppliedRecord[];
  readonly halts: string[];
  readonly log: ReturnType<typeof memoryLog>;
}

function hosted(
  world: PaperWorld,
  disk: JournalDisk,
  run: string,
  onRecord = () => {},
  over: Partial<HostDeps> = {},
): Hosted {
  const records: AppliedRecord[] = [];
  const halts: string[] = [];
  const log = memoryLog();
  const opened = openHost({
    disk,
    config: config(),
    venue: world.venue,
    timers: world.timers,
    log,
    runId: run as RunId,
    observers: [
      (record) => {
        records.push(record);
        onRecord();
      },
    ],
    onHalted: (why) => halts.push(why),
    ...over,
  });
  if (!opened.ok) throw new Error(opened.error.problem);
  return { host: opened.value, records, halts, log };
}

function permit(host: Host): void {
  const permissions = [{ strategyClass: CLASS, isEnabled: true, sizePpm: PPM_ONE }];
  host.take((atMs) => ({ kind: 'PERMISSIONS', atMs, version: '1', permissions }));
}

function mark(host: Host, world: PaperWorld, price: number): void {
  const quote = world.price(price);
  host.take((atMs) => markEvent(quote, atMs, atMs));
}

function enter(host: Host, id: string, price: number) {
  return host.take((atMs) => ({
    kind: 'INTENT',
    atMs,
    intentId: id as IntentId,
    action: 'ENTER',
    slot: 0,
    tradeId: null,
    symbol: BTC,
    side: 'SHORT',
    strategyClass: CLASS,
    decidedAtMs: atMs,
    referencePrice: price / 10,
    size: 0.05,
    leverage: 1,
    exitLegRatios: [],
    isUrgent: false,
    reason: 'test',
  }));
}

/** Begun, in step with the venue, and told who may enter. */
async function ready(world: PaperWorld, it: Hosted): Promise<void> {
  world.price(500_000);
  it.host.begin();
  permit(it.host);
  await world.passed(2_000);
  mark(it.host, world, 500_000);
}

describe('a host', () => {
  it('trades: an intent becomes an order, its fill a position', async () => {
    const world = paperWorld();
    const one = hosted(world, simulatedDisk(), 'run-1');
    await ready(world, one);

    expect(enter(one.host, 'i-1', 500_000)).toMatchObject({ isAccepted: true });
    await world.passed(100);

    expect(positionIn(one)).toBe(-50);
    expect(one.host.underway).toBe(0);
  });

  it('tells observers each record once, in the order of the journal, with what came of it', async () => {
    const world = paperWorld();
    const one = hosted(world, simulatedDisk(), 'run-1');
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);
    await world.passed(100);

    const numbers = one.records.map(({ seq }) => seq);
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
    expect(one.records[0]?.event.kind).toBe('START');
    const intent = one.records.find(({ event }) => event.kind === 'INTENT');
    expect(intent?.effects.map(({ kind }) => kind)).toContain('SUBMIT');
  });

  it('has made durable what an observer is told, and whatever leaves for the venue', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    let syncsAtRecord: number[] = [];
    const one = hosted(world, disk, 'run-1', () => syncsAtRecord.push(disk.syncs()));
    await ready(world, one);
    syncsAtRecord = [];
    const before = disk.syncs();

    enter(one.host, 'i-1', 500_000);

    expect(syncsAtRecord[0]).toBeGreaterThan(before);
    expect(one.host.underway).toBe(1);
  });

  it('makes prices durable together, at the latest after 50 ms, and before anything that leaves', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    const one = hosted(world, disk, 'run-1');
    await ready(world, one);
    await world.passed(100);
    const before = disk.syncs();

    for (let price = 500_000; price < 500_100; price += 1) mark(one.host, world, price);
    expect(disk.syncs()).toBe(before);
    await world.passed(50);
    expect(disk.syncs()).toBe(before + 1);

    mark(one.host, world, 500_000);
    enter(one.host, 'i-1', 500_000);
    expect(disk.syncs()).toBe(before + 2);
    expect(one.records.filter(({ event }) => event.kind === 'MARK')).toHaveLength(102);
  });

  it('goes on where another process left it, and asks the venue what became of what was under way', async () => {
    const world = paperWorld(100);
    const disk = simulatedDisk();
    const one = hosted(world, disk, 'run-1');
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);
    await world.passed(60);
    disk.cutPower();
    world.reopen();

    const two = hosted(world, disk, 'run-2');
    expect(two.host.state.slots[0]?.status).toBe('ENTERING');
    two.host.begin();
    await world.passed(5_000);

    expect(positionIn(two)).toBe(-50);
  });

  it('lets one observer fail without the others, or the kernel', async () => {
    const world = paperWorld();
    let isBroken = false;
    const one = hosted(world, simulatedDisk(), 'run-1', () => {
      if (isBroken) throw new Error('broken part');
    });
    await ready(world, one);
    isBroken = true;

    expect(enter(one.host, 'i-1', 500_000)).toMatchObject({ isAccepted: true });
    expect(one.log.lines.join('\n')).toContain('broken part');
  });

  it('halts, says so once, and takes nothing more where the disk takes nothing more', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    const one = hosted(world, disk, 'run-1');
    await ready(world, one);
    disk.setCapacity(0);

    for (let round = 0; round < 100_000 && one.host.halted === null; round += 1)
      enter(one.host, `i-${round}`, 500_000);

    expect(one.halts).toHaveLength(1);
    expect(one.halts[0]).toContain('the disk of the journal is full');
    expect(enter(one.host, 'late', 500_000)).toBeNull();
  });

  it('answers to nobody after its end', async () => {
    const world = paperWorld();
    const one = hosted(world, simulatedDisk(), 'run-1');
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);
    await one.host.end();
    const { seq } = one.host.state;

    await world.passed(60_000);

    expect(one.host.state.seq).toBe(seq);
    expect(one.host.take((atMs: EpochMs): KernelEvent => ({ kind: 'WAKE', atMs }))).toBeNull();
  });
});

describe('a host, moment by moment', () => {
  it('makes 512 prices durable at once, without waiting for the 50 ms', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    const one = hosted(world, disk, 'run-1');
    await ready(world, one);
    await world.passed(100);
    const before = disk.syncs();

    for (let price = 1; price < 512; price += 1) mark(one.host, world, 500_000 + price);
    expect(disk.syncs()).toBe(before);
    mark(one.host, world, 500_000);
    expect(disk.syncs()).toBe(before + 1);
    await world.passed(50);
    expect(disk.syncs()).toBe(before + 1);
  });

  it('tells observers of an order before it leaves for the venue', async () => {
    const world = paperWorld();
    const acts: string[] = [];
    const { venue } = world;
    const submit: Venue['submit'] = (order, priority) => {
      acts.push('leaves');
      return venue.submit(order, priority);
    };
    const observers: HostDeps['observers'] = [
      ({ effects }) => {
        if (effects.some(({ kind }) => kind === 'SUBMIT')) acts.push('told');
      },
    ];
    const over = { venue: Object.assign(Object.create(venue), { submit }), observers };
    const one = hosted(world, simulatedDisk(), 'run-1', () => {}, over);
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);

    expect(acts).toEqual(['told', 'leaves']);
  });

  it('tells nobody of what could not be made durable', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    const one = hosted(world, disk, 'run-1');
    await ready(world, one);
    disk.setCapacity(0);
    while (one.host.halted === null) enter(one.host, 'again', 500_000);
    disk.cutPower();
    disk.setCapacity(null);
    world.reopen();

    const two = hosted(world, disk, 'run-2');
    expect(one.records.at(-1)?.seq).toBeLessThan(two.host.state.seq);
    expect(one.host.state.seq).toBeGreaterThan(one.records.at(-1)?.seq ?? 0);
  });

  it('wakes the kernel when it asked for it last, and not when it had asked before', async () => {
    const world = paperWorld();
    const one = hosted(world, simulatedDisk(), 'run-1');
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);
    await world.passed(2_000_000);

    let wakeAtMs = Number.POSITIVE_INFINITY;
    let wakes = 0;
    for (const { event, effects } of one.records) {
      if (event.kind === 'WAKE') {
        wakes += 1;
        expect(event.atMs).toBeGreaterThanOrEqual(wakeAtMs);
      }
      for (const effect of effects) if (effect.kind === 'WAKE_AT') wakeAtMs = effect.atMs;
    }
    expect(wakes).toBeGreaterThan(3);
  });

  it('goes on where a venue rejects against its word, and counts nothing as under way', async () => {
    const world = paperWorld();
    const submit: Venue['submit'] = () => Promise.reject(new Error('a defect of the venue'));
    const venue = Object.assign(Object.create(world.venue), { submit });
    const one = hosted(world, simulatedDisk(), 'run-1', () => {}, { venue });
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);
    expect(one.host.underway).toBe(1);
    await world.passed(0);

    expect(one.host.underway).toBe(0);
    expect(one.log.lines.join()).toContain('a defect of the venue');
    expect(one.host.halted).toBeNull();
  });

  it('hands on what the venue says, as it says it', async () => {
    const world = paperWorld();
    const notices: VenueNotice[] = [];
    const onNotice = (notice: VenueNotice) => void notices.push(notice);
    const one = hosted(world, simulatedDisk(), 'run-1', () => {}, { onNotice });
    await ready(world, one);
    enter(one.host, 'i-1', 500_000);
    await world.passed(100);

    expect(notices[0]).toMatchObject({ kind: 'stream', isUp: true });
    expect(notices.map(({ kind }) => kind)).toContain('order');
  });

  it('asks the venue for everything that a record asks for, from the start on', async () => {
    const world = paperWorld();
    const { venue } = world;
    let asked = 0;
    const openOrders: Venue['openOrders'] = (priority) => {
      asked += 1;
      return venue.openOrders(priority);
    };
    const over = { venue: Object.assign(Object.create(venue), { openOrders }) };
    const one = hosted(world, simulatedDisk(), 'run-1', () => {}, over);
    expect(asked).toBe(0);
    await ready(world, one);

    const questions = one.records.flatMap(({ effects }) =>
      effects.filter((effect) => effect.kind === 'FETCH' && effect.part === 'OPEN_ORDERS'),
    );
    expect(one.records[0]?.effects.map(({ kind }) => kind)).toContain('FETCH');
    expect(asked).toBe(questions.length);
  });

  it('says by its severity what the kernel tells a person', async () => {
    const world = paperWorld();
    const said: string[] = [];
    const log = {
      info: (text: string) => void said.push(`info ${text}`),
      warn: (text: string) => void said.push(`warn ${text}`),
      error: (text: string) => void said.push(`error ${text}`),
    };
    const one = hosted(world, simulatedDisk(), 'run-1', () => {}, { log });
    await ready(world, one);
    // A position that the kernel knows nothing of: somebody else trades on the account.
    const order: OrderRequest = {
      clientOrderId: 'somebody-else' as ClientOrderId,
      symbol: BTC,
      side: 'BUY',
      type: 'MARKET',
      quantity: lots(50),
      limit: null,
      reduceOnly: false,
      postOnly: false,
      leverage: 1,
    };
    await world.venue.submit(order, 'entry');
    await world.passed(600_000);

    const notices = one.records.flatMap(({ effects }) =>
      effects.flatMap((effect) => (effect.kind === 'NOTIFY' ? [effect] : [])),
    );
    expect(notices.map(({ severity }) => severity)).toContain('critical');
    const words = { critical: 'error', warning: 'warn', info: 'info' } as const;
    const told = said.filter((line) => / kernel [A-Z_]+: /.test(line));
    const expected = notices.map(({ severity, code, text }) => `${words[severity]} kernel ${code}: ${text}`);
    expect(told.join()).not.toContain('Entries are refused: STARTING');
    expect(expected).toEqual(expect.arrayContaining(told));
    expect(told).toEqual(expect.arrayContaining(expected.filter((line) => !line.startsWith('info'))));
  });
});

describe('the end of a host', () => {
  it('makes durable the prices that wait, and tells of them', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    const one = hosted(world, disk, 'run-1');
    await ready(world, one);
    mark(one.host, world, 500_123);
    const { seq } = one.host.state;
    await one.host.end();

    expect(one.records.at(-1)).toMatchObject({ seq, event: { kind: 'MARK', mark: 500_123 } });
  });

  it('leaves a snapshot, closes the disk, and lets the venue and the clock go', async () => {
    const world = paperWorld();
    const disk = simulatedDisk();
    let closes = 0;
    const close = (): void => {
      closes += 1;
    };
    const one = hosted(world, { ...disk, close }, 'run-1');
    await ready(world, one);
    await one.host.end();
    await one.host.end();

    const snapshot = `snapshot-${String(one.host.state.seq).padStart(12, '0')}.json`;
    expect(disk.list()).toContain(snapshot);
    expect(closes).toBe(1);
    expect(world.timers.nextMs()).toBeNull();
    expect(() => world.venue.follow(() => undefined)).not.toThrow();
  });
});
