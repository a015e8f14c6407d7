// config/pink.yaml: how PINK trades, as far as a person sets it. A key that is not here is refused.

import Type, { type Static } from 'typebox';
import { type DurationRange, duration, outOfRange } from './durations.ts';
import { FeedSettings, feedProblems } from './feed-settings.ts';
import { name, oneOfByDefault, sectionOrNull } from './fields.ts';
import { PolicySettings, policyProblems } from './policy-settings.ts';
import type { Problem } from './problem.ts';
import { SinkSettings } from './sink-settings.ts';
import { closed, section } from './supervisor-fields.ts';
import { VenueSettings, venueProblems } from './venue-settings.ts';

/** Less than a hundredth would be none: USDT count in cents, and bps in ppm. */
function atLeast001(defaultValue: number, description: string) {
  return Type.Number({ minimum: 0.01, maximum: 1e9, default: defaultValue, description });
}

function whole(defaultValue: number, maximum: number, description: string) {
  return Type.Integer({ minimum: 0, maximum, default: defaultValue, description });
}

/** What no entry may exceed, whatever a policy wants. */
const LimitSettings = Type.Object(
  {
    max_order_usdt: atLeast001(20_000, 'one order at most, at its mark'),
    max_position_usdt: atLeast001(20_000, 'all positions together, at their marks'),
    max_leverage: Type.Integer({ minimum: 1, maximum: 125, default: 3, description: 'as the venue has it' }),
    max_daily_loss_usdt: atLeast001(500, "a UTC day's loss, realized and open, at which entries end"),
    max_entries_per_minute: Type.Integer({
      minimum: 1,
      maximum: 600,
      default: 6,
      description: 'entry orders in any minute, of all symbols together',
    }),
    price_band_bps: atLeast001(500, 'how far a reference price may be from the mark'),
    stale_mark: duration('10s', 'no entry at an older price'),
    stale_intent: duration('30s', 'no entry of an older decision'),
  },
  section,
);

/** How orders go out. */
const ExecutionSettings = Type.Object(
  {
    max_slots: Type.Integer({
      minimum: 1,
      maximum: 12,
      default: 1,
      description: 'trades at once; a symbol belongs to one',
    }),
    style: oneOfByDefault(['taker', 'maker'], 'taker', 'maker: post-only quotes first'),
    entry_ttl: duration('58s', 'how long an entry is quoted'),
    exit_ttl: duration('8s', 'how long an exit is quoted before it takes'),
    entry_miss: oneOfByDefault(
      ['skip', 'retry', 'market'],
      'skip',
      'what follows an entry that was not filled',
    ),
    entry_retries: whole(2, 20, 'quotes that follow the first, where entry_miss is retry'),
    retry_exhaust: oneOfByDefault(['skip', 'market'], 'skip', 'what follows the last retry'),
    offset_ticks: whole(0, 1_000, 'ticks away from the best price of our own side'),
    max_chase_bps: atLeast001(10, 'how far a retry may follow the price from the first reference'),
  },
  section,
);

const GitSettings = Type.Object(
  {
    remote: Type.String({
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      default: 'origin',
      description: 'of the repository that pink.yaml is in, by its name in git',
    }),
    branch: Type.String({
      minLength: 1,
      maxLength: 200,
      default: 'main',
      description: 'whose config/kill-list.yaml is obeyed',
    }),
    every: duration('30s', 'how often the remote is asked'),
  },
  {
    ...closed,
    description:
      'the branch whose kill list is obeyed, and whose state is pushed; null: the list beside pink.yaml',
  },
);

/** The process itself. */
const RunnerSettings = Type.Object(
  {
    id: Type.String({
      pattern: '^[A-Za-z0-9._-]{1,64}$',
      default: 'pink-1',
      description: 'of this runner, in acknowledgements and the heartbeat',
    }),
    agent: Type.String({
      ...name,
      default: 'pink',
      description: "as which agent PINK's own entries are judged",
    }),
    heartbeat: duration('10m', 'how often kernel/summary.json is written'),
    on_stop: oneOfByDefault(
      ['keep', 'cancel', 'flatten'],
      'cancel',
      'what a stop does first: nothing; cancel what rests and wait for the proof; or close every position as well',
    ),
    stop_within: duration('60s', 'how long a stop may take for that'),
    git: sectionOrNull(GitSettings),
  },
  section,
);

const StatusSettings = Type.Object(
  {
    port: Type.Unsafe<number | null>({
      anyOf: [{ type: 'integer', minimum: 0, maximum: 65_535 }, { type: 'null' }],
      default: 8_420,
      description: 'of the status page and /metrics, on 127.0.0.1 only; 0: any; null: none',
    }),
  },
  section,
);

export const Pink = Type.Object(
  {
    version: Type.Literal(1, { description: 'of the shape of this file' }),
    venue: VenueSettings,
    feed: FeedSettings,
    policy: PolicySettings,
    limits: LimitSettings,
    execution: ExecutionSettings,
    runner: RunnerSettings,
    status: StatusSettings,
    sinks: SinkSettings,
  },
  { ...closed, title: 'Configuration of PINK' },
);
export type Pink = Static<typeof Pink>;

/** Returns what is wrong between the fields of a `pink.yaml` that fits its schema. */
export function pinkProblems(pink: Pink): readonly Problem[] {
  const { venue, feed, policy } = pink;
  return [
    ...venueProblems(venue),
    ...feedProblems(feed),
    ...policyProblems(policy),
    ...durationProblems(pink),
  ];
}

/** Of what is asked for again and again: at 0 it would never rest. */
const EVERY: DurationRange = ['500ms', '1d'];
/** Beyond it a guard would guard nothing, and at 0 nothing would pass. */
const GUARD: DurationRange = ['100ms', '1h'];

function durationProblems({ limits, execution, runner, feed, policy }: Pink): readonly Problem[] {
  return [
    ...outOfRange('limits.stale_mark', limits.stale_mark, GUARD),
    ...outOfRange('limits.stale_intent', limits.stale_intent, GUARD),
    ...outOfRange('execution.entry_ttl', execution.entry_ttl, ['100ms', '1d']),
    ...outOfRange('execution.exit_ttl', execution.exit_ttl, GUARD),
    ...outOfRange('runner.heartbeat', runner.heartbeat, EVERY),
    ...outOfRange('runner.stop_within', runner.stop_within, ['0s', '1h']),
    ...outOfRange('runner.git.every', runner.git?.every, EVERY),
    ...outOfRange('feed.stale_after', feed.stale_after, ['100ms', '7d']),
    ...outOfRange('feed.simulated.bar', feed.simulated?.bar, ['1ms', '1d']),
    ...outOfRange('feed.exchange.quotes_every', feed.exchange?.quotes_every, EVERY),
    ...outOfRange('policy.bar', policy.bar, ['1ms', '1d']),
    ...outOfRange('policy.scan_max_age', policy.scan_max_age, ['1ms', '1d']),
  ];
}
