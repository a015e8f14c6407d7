// Scans out of a Hazelcast map: the value of one key, looked at every second, as the original platform puts it there.

import type { Feed, Timers } from '../../ports.ts';
import type { HazelcastMaps } from '../hazelcast/hazelcast-maps.ts';
import { startFeed } from './feed-run.ts';
import { SCAN_BYTES_MAX, scanIntake } from './scan-intake.ts';

const LOOK_EVERY_MS = 1_000;
const WAIT_MAX_MS = 30_000;
/** Where the platform puts its boost, beside the scans. */
const BOOST_KEY = 'acb_boost';

export interface HazelcastFeedOptions {
  readonly map: string;
  readonly key: string;
  readonly staleAfterMs: number;
  readonly timers: Timers;
  /** Uniform in `[0, 1)`, to spread what waits. */
  random(): number;
  /** Makes the client; nothing is connected before it is asked. Called once for each follower, and closed with it. */
  open(): HazelcastMaps;
}

/**
 * A value that was seen is passed over. A scan without a boost of its own has that of the key `acb_boost` of the same map, where there is
 * one. While the cluster does not answer, it is asked more and more rarely, every 30 s at most.
 */
export function hazelcastFeed(options: HazelcastFeedOptions): Feed {
  const { map, key, staleAfterMs, timers } = options;
  const place = `Hazelcast ${map}/${key}`;
  return {
    follow: (listen) =>
      startFeed(timers, listen, (run) => {
        const maps = options.open();
        const features = maps.map(map);
        const intake = scanIntake(run, staleAfterMs);
        let seen: string | null = null;
        let failures = 0;

        const take = async (text: string): Promise<void> => {
          if (text === seen) return;
          // A boost that cannot be had is none: it is no reason to lose the scan.
          const boost = await features.get(BOOST_KEY);
          if (!run.isOpen()) return;
          seen = text;
          if (text.length > SCAN_BYTES_MAX) intake.line({ kind: 'too_long', number: 1, head: '' }, place);
          else intake.text(text, place, boost.ok ? boost.value : null);
        };
        const look = async (): Promise<void> => {
          const answer = await features.get(key);
          if (!run.isOpen()) return;
          failures = answer.ok ? 0 : failures + 1;
          if (!answer.ok) run.setState(false, answer.error);
          else if (answer.value === null) run.setState(false, `${place} holds nothing yet; it is waited for`);
          else run.setState(true, `follows ${place}`);
          if (answer.ok && answer.value !== null) await take(answer.value);
          run.after('look', waitMs(failures, options.random()), begin);
        };
        const begin = (): void => void look();
        begin();
        return () => maps.close();
      }),
  };
}

/** How long to wait: between half and the whole of a time that doubles with each failure. */
function waitMs(failures: number, random: number): number {
  if (failures === 0) return LOOK_EVERY_MS;
  return Math.min(WAIT_MAX_MS, LOOK_EVERY_MS * 2 ** Math.min(failures, 10)) * (0.5 + 0.5 * random);
}
