// Scans out of a map: each value once, with the boost beside it, through a cluster that cannot be reached.

import { describe, expect, it } from 'vitest';
import { hazelcastFeed } from '../../../src/adapters/feeds/hazelcast-feed.ts';
import { SCAN_BYTES_MAX } from '../../../src/adapters/feeds/scan-intake.ts';
import { fakeMaps } from './fake-maps.ts';
import { followed, lineOf } from './payloads.ts';

const SCAN = 'features/latest_scan';

function following() {
  const maps = fakeMaps();
  const on = followed((timers) =>
    hazelcastFeed({
      map: 'features',
      key: 'latest_scan',
      staleAfterMs: 60_000,
      timers,
      random: () => 1,
      open: () => maps,
    }),
  );
  return { maps, on };
}

describe('a map of Hazelcast', () => {
  it('that holds nothing yet is waited for', async () => {
    const { maps, on } = following();
    await on.pass(2_000);
    maps.values.set(SCAN, lineOf(1));
    await on.pass(1_000);
    expect(on.states()).toEqual([
      'down: Hazelcast features/latest_scan holds nothing yet; it is waited for',
      'up: follows Hazelcast features/latest_scan',
    ]);
    expect(on.scanNumbers()).toEqual([1]);
  });

  it('hands on every value once, and tells one that cannot be read once', async () => {
    const { maps, on } = following();
    maps.values.set(SCAN, lineOf(1));
    await on.pass(3_000);
    maps.values.set(SCAN, '{"scan_number":');
    await on.pass(3_000);
    maps.values.set(SCAN, lineOf(2));
    await on.pass(3_000);
    expect(on.scanNumbers()).toEqual([1, 2]);
    expect(on.malformed()).toEqual([
      expect.stringMatching(/^Hazelcast features\/latest_scan: is not JSON: /),
    ]);
  });

  it('has the boost of a scan beside it, where the scan has none itself', async () => {
    const { maps, on } = following();
    maps.values.set('features/acb_boost', '{"boost":0.02}');
    for (const [scanNumber, acb_boost] of [
      [1, undefined],
      [2, { boost: 2 }],
    ] as const) {
      maps.values.set(SCAN, lineOf(scanNumber, { acb_boost }));
      await on.pass(1_000);
    }
    maps.values.set('features/acb_boost', 'no JSON');
    maps.values.set(SCAN, lineOf(3, { acb_boost: undefined }));
    await on.pass(1_000);
    expect(on.scans().map(({ acbBoost }) => acbBoost)).toEqual([0.1, 2, null]);
    expect(on.scans()[2]?.problems).toEqual([
      'acb_boost: is "no JSON"; expected an object with a finite boost',
    ]);
  });

  it('with a value that is too large is told so', async () => {
    const { maps, on } = following();
    maps.values.set(SCAN, `"${'x'.repeat(SCAN_BYTES_MAX)}"`);
    await on.pass(1_000);
    expect(on.malformed()).toEqual([
      `Hazelcast features/latest_scan: is longer than ${SCAN_BYTES_MAX} bytes; expected one scan a line`,
    ]);
  });

  it('that cannot be reached is asked more and more rarely, and every second again where it answers', async () => {
    const { maps, on } = following();
    maps.failure = 'Hazelcast did not answer';
    await on.pass(62_000, 1_000);
    expect(on.states()).toEqual(['down: Hazelcast did not answer']);
    // At once, then after 2, 4, 8, 16 and 30 seconds.
    expect(maps.gets).toBe(6);
    maps.failure = null;
    maps.values.set(SCAN, lineOf(1));
    await on.pass(30_000, 1_000);
    expect(on.scanNumbers()).toEqual([1]);
    const before = maps.gets;
    await on.pass(3_000, 1_000);
    expect(maps.gets - before).toBe(3);
  });

  it('is closed with the feed', async () => {
    const { maps, on } = following();
    await on.pass(1_000);
    await on.stop();
    expect(maps.isClosed).toBe(true);
  });
});
