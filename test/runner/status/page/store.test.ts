// What an open page keeps of the charts: each point once, in order, and not without end.

import { describe, expect, it } from 'vitest';
import { type Store, take } from '../../../../src/runner/status/page/store.ts';
import type { ChartsView, LiveMessage } from '../../../../src/runner/status/runner-view.ts';
import { viewOf } from '../../../../src/runner/status/view.ts';
import { FakeRun, factsOf } from '../../../browser/fake-run.ts';
import { BTC } from '../../../kernel/build.ts';

function message(run: FakeRun, kind: LiveMessage['kind'], charts: ChartsView): LiveMessage {
  return { kind, charts, view: viewOf(factsOf(run.kernel), run.kernel.history.recent()) };
}

describe('an open page', () => {
  it('has the charts of the runner after any number of updates that overlap', () => {
    const run = new FakeRun();
    const { history } = run.kernel;
    let store: Store = take(null, message(run, 'full', history.charts()));
    for (let at = 0; at < 6; at += 1) {
      const cursor = history.cursor();
      run.pass(30_000);
      if (at === 2) run.enter('SHORT', 'test');
      store = take(store, message(run, 'update', history.chartsSince(cursor)));
      store = take(store, message(run, 'update', history.chartsSince(cursor)));
    }

    expect(store.equity).toEqual(history.charts().equity);
    expect(store.prices.get(BTC)).toEqual(history.charts().prices[BTC]);
    expect(store.fills).toEqual(history.charts().fills);
  });

  it('begins anew with a full message', () => {
    const run = new FakeRun();
    run.pass(60_000);
    const store = take(null, message(run, 'full', run.kernel.history.charts()));
    const again = take(store, message(run, 'full', { equity: [], prices: {}, fills: [] }));

    expect([again.equity, again.prices.size, again.fills]).toEqual([[], 0, []]);
  });

  it('keeps every second of its old points when it is open for weeks', () => {
    const run = new FakeRun();
    const points = Array.from({ length: 9_000 }, (_, at) => [at, at] as const);
    const store = take(null, message(run, 'full', { equity: [], prices: { [BTC]: points }, fills: [] }));

    expect(store.prices.get(BTC)).toHaveLength(4_500);
    expect(store.prices.get(BTC)?.at(-1)).toEqual([8_999, 8_999]);
  });
});
