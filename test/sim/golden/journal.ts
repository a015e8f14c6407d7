// Incidents of journals: effects that left before their record, tails that were torn, bits that turned, and snapshots that lied.

import assert from 'node:assert/strict';
import { faultText } from '../../../src/adapters/journal/journal-fault.ts';
import {
  JOURNAL_POLICY,
  type JournaledKernel,
  type JournalPolicy,
} from '../../../src/adapters/journal/journaled-kernel.ts';
import { recover } from '../../../src/adapters/journal/recovery.ts';
import type { RunId } from '../../../src/domain/ids.ts';
import { type EpochMs, lots } from '../../../src/domain/steps.ts';
import type { Effect } from '../../../src/kernel/effect.ts';
import type { KernelEvent } from '../../../src/kernel/event.ts';
import { positionOf } from '../../../src/kernel/exposure.ts';
import type { JournalDisk } from '../../../src/ports.ts';
import { simulatedDisk } from '../../fakes/simulated-disk.ts';
import { BTC, CHAMPION, config, reportOf, START_MS, usdt } from '../../kernel/build.ts';
import { type Incident, isSo, type Told } from './incident.ts';

const SMALL: JournalPolicy = { ...JOURNAL_POLICY, reserveBytes: 16_384 };

/** A kernel on a disk, told things at one millisecond each. */
class Journaled {
  readonly kernel: JournaledKernel;
  readonly effects: Effect[] = [];
  private atMs: number;

  constructor(disk: JournalDisk, policy: Partial<JournalPolicy> = {}, afterMs = 0, runId = 'run-1') {
    this.atMs = START_MS + afterMs;
    const start = { runId: runId as RunId, atMs: this.atMs as EpochMs };
    const result = recover(disk, config(), start, { ...SMALL, ...policy });
    if (!result.ok) throw new Error(faultText(result.error));
    this.kernel = result.value.kernel;
  }

  tell(event: Told): this {
    this.atMs += 1;
    this.kernel.apply({ atMs: this.atMs, ...event } as unknown as KernelEvent);
    return this;
  }

  /** Makes durable what was told; answers what the kernel asks of a venue that is flat. */
  commit(answers = true): this {
    const effects = this.kernel.commit();
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind !== 'FETCH' || !answers) continue;
      const wallet = usdt(10_000);
      const cash = { wallet, availableMargin: wallet, usedMargin: usdt(0), venueAtMs: this.atMs };
      const result = { kind: 'KNOWN', rows: effect.part === 'BALANCE' ? [cash] : [] };
      this.tell({ kind: effect.part, requestId: effect.requestId, askedAtMs: this.atMs, result });
    }
    return this.kernel.pending > 0 ? this.commit() : this;
  }

  ready(): this {
    this.tell({ kind: 'STREAM', isUp: true }).commit();
    const permissions = [{ strategyClass: CHAMPION, isEnabled: true, sizePpm: 1_000_000 }];
    this.tell({ kind: 'ACCOUNT', positionMode: 'one_way' });
    this.tell({ kind: 'PERMISSIONS', version: 'v1', permissions });
    return this.mark(10_000).commit();
  }

  mark(price: number): this {
    const quotedAtMs = this.atMs + 1;
    return this.tell({ kind: 'MARK', symbol: BTC, bid: price, ask: price + 1, mark: price, quotedAtMs });
  }

  enter(intentId = 'intent-1'): this {
    return this.tell({
      kind: 'INTENT',
      intentId,
      action: 'ENTER',
      slot: 0,
      tradeId: null,
      symbol: BTC,
      side: 'LONG',
      strategyClass: CHAMPION,
      decidedAtMs: this.atMs,
      referencePrice: 1_000,
      size: 0.05,
      leverage: 2,
      exitLegRatios: [],
      isUrgent: false,
      reason: 'test',
    });
  }

  get submits(): readonly Effect[] {
    return this.effects.filter(({ kind }) => kind === 'SUBMIT');
  }
}

function faultOf(disk: JournalDisk): string | null {
  const result = recover(disk, config(), { runId: 'run-9' as RunId, atMs: START_MS }, SMALL);
  return result.ok ? null : faultText(result.error);
}

function segmentOf(disk: JournalDisk): { readonly name: string; readonly bytes: number } {
  const name = disk.list().findLast((one) => one.startsWith('pink-')) ?? '';
  return { name, bytes: disk.size(name) ?? 0 };
}

export const JOURNAL_INCIDENTS: readonly Incident[] = [
  {
    name: 'sent-before-durable',
    wrong: 'The order was sent, the power went, and nothing on the disk knew of it.',
    holds: 'No effect leaves before a sync of the record that holds it; where the sync fails none ever does.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      const seen: string[] = [];
      const { sync } = disk;
      disk.sync = (name) => {
        seen.push('sync');
        sync(name);
      };
      const effects = journaled.enter().kernel.commit();
      isSo(effects.some(({ kind }) => kind === 'SUBMIT'));
      assert.deepEqual(seen, ['sync']);
      disk.cutPower();
      assert.equal(new Journaled(disk, {}, 60_000, 'run-2').kernel.state.orders.size, 1);
    },
  },
  {
    name: 'sync-failed-once',
    wrong: 'A sync failed, the next one succeeded, and what the first had lost was taken for durable.',
    holds: 'After a sync that failed nothing leaves and nothing is taken any more.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      const { sync } = disk;
      disk.sync = () => {
        throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO', syscall: 'fdatasync' });
      };
      assert.deepEqual(journaled.enter().kernel.commit(), []);
      disk.sync = sync;
      assert.deepEqual(journaled.kernel.commit(), []);
      assert.notEqual(journaled.kernel.halted, null);
      assert.equal(journaled.submits.length, 0);
    },
  },
  {
    name: 'torn-tail',
    wrong: 'A record that was half written made the journal unreadable, or was read as far as it went.',
    holds: 'What has no seal never left, so it is cut off, and the kernel begins from the last seal.',
    run() {
      const disk = simulatedDisk();
      const { seq } = new Journaled(disk).commit().ready().kernel.state;
      const { name } = segmentOf(disk);
      disk.append(name, Buffer.from('{"n":99,"h":"0123456789abcdef","e":{"kind":"WA'));
      disk.sync(name);
      const again = new Journaled(disk, {}, 60_000, 'run-2').commit(false);
      assert.equal(again.kernel.state.seq, seq + 1);
      assert.equal(faultOf(disk), null);
    },
  },
  {
    name: 'torn-tail-whole-record',
    wrong: 'A whole record whose group was not complete counted, although its effects had never left.',
    holds:
      'Only a seal makes records count: the next run ends where the last seal was, and goes on from there.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      const { seq } = journaled.kernel.state;
      const { name, bytes } = segmentOf(disk);
      journaled.enter().commit(false);
      const lines = disk
        .readRange(name, bytes, disk.size(name) ?? 0)
        .toString()
        .split('\n');
      disk.truncate(name, bytes);
      disk.append(name, Buffer.from(`${lines[0]}\n`));
      disk.sync(name);
      const again = new Journaled(disk, {}, 60_000, 'run-2').commit();
      assert.equal(again.kernel.state.orders.size, 0);
      isSo(again.kernel.state.seq > seq);
      assert.equal(faultOf(disk), null);
    },
  },
  {
    name: 'bit-rot',
    wrong: 'One bit of an old record turned, and the kernel traded on from a state that never was.',
    holds: 'Any bit that turned before the last seal is found, named by its record, and nobody trades on it.',
    run() {
      const disk = simulatedDisk();
      new Journaled(disk).commit().ready();
      const { name, bytes } = segmentOf(disk);
      for (let at = 0; at < bytes; at += 211) {
        disk.flipBit(name, at, at % 8);
        assert.notEqual(faultOf(disk), null, `byte ${at}`);
        disk.flipBit(name, at, at % 8);
      }
      assert.equal(faultOf(disk), null);
    },
  },
  {
    name: 'changed-with-its-checksum',
    wrong: 'A record was changed together with its checksum, and nothing noticed.',
    holds: 'The seal of a group covers every byte of it: a group that was exchanged does not fit the chain.',
    run() {
      const disk = simulatedDisk();
      new Journaled(disk).commit().ready();
      const { name, bytes } = segmentOf(disk);
      const text = disk.readRange(name, 0, bytes).toString();
      disk.truncate(name, 0);
      disk.append(name, Buffer.from(text.replace('"isUp":true', '"isUp":null')));
      assert.notEqual(faultOf(disk), null);
      const seals = [...text.matchAll(/"sha256":"[0-9a-f]{64}"/g)];
      isSo(seals.length >= 2);
    },
  },
  {
    name: 'snapshot-and-its-tail',
    wrong: 'A restart took the snapshot and forgot what had happened since.',
    holds: 'The records behind a snapshot are applied again, so that the state is the one that was left.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      isSo(journaled.kernel.snapshot());
      journaled.enter().commit(false);
      const { clientOrderId } = [...journaled.kernel.state.orders.values()][0] ?? {};
      assert.notEqual(clientOrderId, undefined);
      const again = new Journaled(disk, {}, 60_000, 'run-2');
      assert.deepEqual([...again.kernel.state.orders.keys()], [clientOrderId]);
      assert.equal(again.commit(false).submits.length, 0);
    },
  },
  {
    name: 'snapshot-and-its-orders',
    wrong: 'After a restore a trade had orders of its own, and what the venue reported went to others.',
    holds: 'What was one object is one object again: a report reaches the trade of its order.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      journaled.enter().commit(false);
      isSo(journaled.kernel.snapshot());
      const again = new Journaled(disk, {}, 60_000, 'run-2').commit(false);
      const [order] = again.kernel.state.orders.values();
      isSo(order !== undefined);
      const { clientOrderId } = order;
      const facts = { status: 'FILLED', filledLots: lots(50), filledQuote: usdt(50) } as const;
      const report = reportOf({ ...order, quantity: lots(50) }, '77', { ...facts, clientOrderId });
      again.tell({ kind: 'REPORT', report }).commit(false);
      const trade = again.kernel.state.slots[0]?.trade;
      assert.equal(trade === null || trade === undefined ? 0 : positionOf(trade), 50);
    },
  },
  {
    name: 'snapshot-that-is-damaged',
    wrong: 'A snapshot was written in place, the program was killed, and half of it was restored.',
    holds: 'One that does not verify is passed over, and the journal gives the same state without it.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      journaled.kernel.snapshot();
      journaled.enter().commit(false);
      const [clientOrderId] = journaled.kernel.state.orders.keys();
      const name = disk.list().find((one) => one.startsWith('snapshot-')) ?? '';
      const bytes = disk.size(name) ?? 0;
      for (let at = 0; at < bytes; at += Math.ceil(bytes / 40)) {
        disk.flipBit(name, at, 1);
        const result = recover(disk, config(), { runId: 'run-2' as RunId, atMs: START_MS }, SMALL);
        isSo(result.ok, `byte ${at}`);
        assert.equal(result.value.report.snapshot, null, `byte ${at}`);
        assert.deepEqual([...result.value.kernel.state.orders.keys()], [clientOrderId]);
        disk.flipBit(name, at, 1);
      }
    },
  },
  {
    name: 'replay-that-differs',
    wrong: 'A new version applied an old journal to another state, and traded on from it.',
    holds: 'Each record carries the hash that it led to: a replay that comes to another one is refused.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      assert.equal(faultOf(disk), null);
      journaled.kernel.state.hashLow ^= 1;
      journaled.mark(10_001).commit();
      assert.match(faultOf(disk) ?? '', /led to the state/);
    },
  },
  {
    name: 'event-that-breaks-the-kernel',
    wrong: 'One event threw, was swallowed, and its fill was lost; or it threw again at each start.',
    holds: 'The kernel halts, what came before is kept, and the event is written down as passed over.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      journaled.enter();
      const [clientOrderId] = journaled.kernel.state.orders.keys();
      journaled.kernel.state.outcomes.get = () => {
        throw new Error('the kernel broke');
      };
      journaled.tell({ kind: 'STREAM', isUp: false });
      assert.notEqual(journaled.kernel.halted, null);
      assert.deepEqual(journaled.kernel.commit(), []);
      const start = { runId: 'run-2' as RunId, atMs: (START_MS + 60_000) as EpochMs };
      const result = recover(disk, config(), start, SMALL);
      isSo(result.ok);
      assert.equal(result.value.report.poisons.length, 1);
      assert.deepEqual([...result.value.kernel.state.orders.keys()], [clientOrderId]);
    },
  },
  {
    name: 'restored-only-when-flat',
    wrong: 'State was kept only while flat, so a crash in a trade forgot the trade.',
    holds:
      'A trade with an order in doubt comes back as that, under the same ids, and nothing is sent again.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      journaled.enter().commit(false);
      assert.equal(journaled.submits.length, 1);
      disk.cutPower();
      const again = new Journaled(disk, {}, 60_000, 'run-2').commit(false);
      assert.equal(again.kernel.state.liveOrders, 1);
      isSo([...again.kernel.state.orders.values()].every(({ status }) => status !== 'SENT'));
      assert.equal(again.submits.length, 0);
    },
  },
  {
    name: 'disk-full',
    wrong: 'The disk filled up, and with it exits ended, because nothing could be written.',
    holds: 'Entries are refused, and a reserve journals what has to go on.',
    run() {
      const disk = simulatedDisk();
      const journaled = new Journaled(disk).commit().ready();
      let used = 0;
      for (const name of disk.list()) used += disk.size(name) ?? 0;
      disk.setCapacity(used);
      journaled.mark(10_001).commit(false);
      isSo(journaled.kernel.isDiskFull);
      assert.equal(journaled.kernel.halted, null);
      isSo(journaled.kernel.state.trading.reasons.has('JOURNAL_FULL'));
      assert.equal(journaled.enter().commit(false).submits.length, 0);
    },
  },
];
