// `warden kernel explain` over a real journal: what became of an order, under each of its ids, and what it says of one that is not there.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournaledKernel } from '../../src/adapters/journal/journaled-kernel.ts';
import { nodeJournalDisk } from '../../src/adapters/journal/node-journal-disk.ts';
import { registerKernel } from '../../src/cli/kernel.ts';
import type { KernelEvent } from '../../src/kernel/event.ts';
import type { Outcome } from '../../src/kernel/outcome.ts';
import type { KernelState } from '../../src/kernel/state.ts';
import { started } from '../adapters/journal/journal-world.ts';
import { KernelDriver } from '../kernel/build.ts';
import { runInMemory } from './memory-host.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'warden-explain-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function explain(...argv: readonly string[]) {
  return runInMemory([registerKernel], ['kernel', 'explain', ...argv], { cwd });
}

/** A driver of a kernel with a journal. */
class JournalDriver extends KernelDriver {
  override readonly state: KernelState;
  private readonly journaled: JournaledKernel;

  constructor(journaled: JournaledKernel) {
    super();
    this.journaled = journaled;
    this.state = journaled.state;
  }

  override apply(event: Parameters<KernelDriver['apply']>[0]): Outcome {
    const outcome = this.journaled.apply({ atMs: this.nowMs, ...event } as unknown as KernelEvent);
    const effects = this.journaled.commit();
    this.effects.push(...effects);
    for (const effect of effects) if (effect.kind === 'FETCH') this.answer(effect);
    return outcome;
  }
}

/** A journal in the default place, of one trade that was closed and one intent that was denied; returns the ids of its orders. */
function journal(snapshotEvery = 1_000_000): readonly string[] {
  const disk = nodeJournalDisk(join(cwd, 'state/pink/journal'));
  const driver = new JournalDriver(started(disk, { snapshotEvery }));
  driver.ready();
  driver.enter();
  driver.fill(10_000);
  driver.hold(50);
  driver.wait(10_000);
  driver.exit({ reason: 'TAKE_PROFIT' });
  driver.fill(10_100);
  driver.hold(0);
  driver.wait(10_000);
  driver.enter({ leverage: 9 });
  disk.close();
  return driver.sent.map(({ clientOrderId }) => clientOrderId);
}

describe('kernel explain', () => {
  it('tells the life of an order, found by any of its ids', async () => {
    const [entry = '', exit = ''] = journal();

    const { exitCode, stdout } = await explain(entry);

    expect(exitCode).toBe(0);
    for (const id of [exit, 'intent-1', 'intent-2', 'BTC-USDT-T-000000000001', '1900000000000000001']) {
      const other = await explain(id);
      expect(other.stdout.replace(id, '')).toBe(stdout.replace(entry, ''));
    }
    const told = stdout
      .replaceAll(entry, '<entry>')
      .replaceAll(exit, '<exit>')
      .replaceAll(/ +(?=\w|<)/g, ' ');
    expect(told).toContain('<entry>: the trade BTC-USDT-T-000000000001, which is over: TAKE_PROFIT');
    expect(told).toContain('realized, USDT 0.5');
    expect(told).toContain('sends the order <entry>: MARKET BUY 0.05 BTC-USDT, leverage 2');
    expect(told).toContain('<exit> is FILLED, was WORKING; 0.05 of 0.05 filled for 50.5');
    expect(told).toMatch(/2026-\S+Z the intent intent-1: ENTER LONG .* \(record \d+\)/);
    expect(told).not.toContain('intent-3');
  });

  it('tells why an intent came to nothing', async () => {
    journal();

    const { exitCode, stdout } = await explain('intent-3');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('intent-3: no trade came of it');
    expect(stdout).toContain(
      'refused, MAX_LEVERAGE: it asked for more conviction or leverage than is allowed (conviction=9 max=8); next: change the limit',
    );
  });

  it('gives the same as one object', async () => {
    const [entry = ''] = journal();

    const run = await explain(entry, '--json');

    expect(run.json()).toMatchObject({
      exit_code: 0,
      id: entry,
      from_snapshot: null,
      fault: null,
      trade: {
        trade_id: 'BTC-USDT-T-000000000001',
        is_closed: true,
        realized_usdt: '0.5',
        orders: [
          { client_order_id: entry, role: 'entry', filled: '0.05', fee_usdt: null, status: 'FILLED' },
          { role: 'exit', status: 'FILLED' },
        ],
      },
      records: expect.arrayContaining([
        expect.objectContaining({ outcome: 'APPLIED', means: 'it was applied' }),
      ]),
    });
  });

  it('offers the nearest id where there is none of that name', async () => {
    journal();

    const { exitCode, stderr } = await explain('intent-4');

    expect(exitCode).toBe(3);
    expect(stderr).toContain('nothing in state/pink/journal has that id; did you mean intent-1?');
  });

  it('says where there is no journal', async () => {
    const { exitCode, stderr } = await explain('x', '--journal', 'nowhere');

    expect(exitCode).toBe(3);
    expect(stderr).toContain('nowhere: there is no such file or folder');
  });

  it('tells what it can of a journal whose beginning was moved elsewhere, and says from where', async () => {
    journal(15);
    const folder = join(cwd, 'state/pink/journal');
    rmSync(join(folder, 'pink-000000000001.jsonl'));

    const known = await explain('intent-3');
    const gone = await explain('nothing-like-it');

    expect([known.exitCode, known.stderr]).toEqual([0, '']);
    expect(known.stdout).toMatch(/What was before snapshot-\d+\.json is not in this journal any more\./);
    expect(gone.stderr).toMatch(/which is told from snapshot-\d+\.json on, has that id/);
  });

  it('tells a life up to where the journal is damaged, and ends as such', async () => {
    journal(30);
    const folder = join(cwd, 'state/pink/journal');
    const [, second = ''] = nodeJournalDisk(folder)
      .list()
      .filter((name) => name.startsWith('pink-'));
    const path = join(folder, second);
    writeFileSync(path, readFileSync(path).fill(0x20, 300, 310));

    const { exitCode, stdout, stderr } = await explain('intent-1');

    expect(exitCode).toBe(4);
    expect(`${stdout}${stderr}`).toContain(second);
  });
});
