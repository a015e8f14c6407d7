// A policy without sense: it enters, leaves, cancels and hurries at random, sometimes sends nonsense, and now and then a person commands.

import type { EpochMs, Ppm } from '../../src/domain/steps.ts';
import type { KernelEvent, PermissionsEvent, TradingCommand } from '../../src/kernel/event.ts';
import { intentFrom } from '../../src/kernel/intents.ts';
import type { Slot } from '../../src/kernel/state.ts';
import type { FaultPlan } from './faults.ts';
import type { Host } from './host.ts';
import type { Stream } from './random.ts';
import type { Schedule } from './schedule.ts';
import { CLASSES, type Settings } from './settings.ts';

interface PolicyPorts {
  readonly schedule: Schedule;
  readonly faults: FaultPlan;
  readonly draw: Stream;
  readonly people: Stream;
  readonly settings: Settings;
  readonly host: () => Host;
  readonly without: ReadonlySet<string>;
}

interface RawIntent {
  [field: string]: unknown;
}

export class Policy {
  private readonly ports: PolicyPorts;
  private intents = 0;
  private requests = 0;
  private versions = 0;
  private last: RawIntent | null = null;

  constructor(ports: PolicyPorts) {
    this.ports = ports;
  }

  /** How many decisions were made. */
  get decisions(): number {
    return this.intents;
  }

  /** Decides something for one slot, or for several in a flood. */
  act(): void {
    const { draw, faults } = this.ports;
    const times = faults.fires('flood') ? faults.between('flood', 5, 30) : 1;
    for (let n = 0; n < times; n += 1) this.decide();
    if (draw.chance(0.08)) this.permit(draw.chance(0.5));
    this.command();
  }

  /** The kill list that is read, or a list in which somebody is missing or switched off. */
  permit(isWhole: boolean): void {
    const { people, host } = this.ports;
    this.versions += 1;
    const version = `v${this.versions}`;
    const isNone = !isWhole && people.chance(0.3);
    const isUnreadable = this.ports.faults.fires('unreadable_list');
    const permissions = CLASSES.map((strategyClass) => ({
      strategyClass,
      isEnabled: isWhole || people.chance(0.5),
      sizePpm: (isWhole ? 1_000_000 : people.between(0, 1_000_000)) as Ppm,
    }));
    host().deliver(
      (atMs): PermissionsEvent => ({
        kind: 'PERMISSIONS',
        atMs,
        version,
        permissions: isNone ? null : isUnreadable ? [...permissions, ...permissions] : permissions,
      }),
    );
  }

  order(command: TradingCommand | 'RESOLVE', slot: number | null = null): void {
    this.requests += 1;
    const requestId = `request-${this.requests}`;
    this.ports
      .host()
      .deliver((atMs) => ({ kind: 'COMMAND', atMs, requestId, command, slot, who: 'person', why: 'drill' }));
  }

  private command(): void {
    const { people, host } = this.ports;
    const state = host().subject?.state;
    if (state === undefined) return;
    if (state.trading.command !== 'RUN' && people.chance(0.4)) {
      this.order('RUN');
      return;
    }
    if (people.chance(0.03)) {
      this.order(people.pick(['ENTRY_FROZEN', 'REDUCE_ONLY', 'FLATTENING', 'HALTED']));
      return;
    }
    const held = state.slots.find(({ status }) => status === 'QUARANTINED');
    if (held !== undefined && people.chance(0.3)) {
      this.order('RESOLVE', held.id);
      return;
    }
    const isBookOpen = state.trading.reasons.has('OVERFILL') || state.trading.reasons.has('FORGOTTEN_ORDER');
    if (isBookOpen && people.chance(0.1)) this.order('RESOLVE');
  }

  private decide(): void {
    const { draw, host } = this.ports;
    const state = host().subject?.state;
    this.intents += 1;
    const id = `intent-${this.intents}`;
    // All draws are made in any case, so that a decision that is left out shifts no other.
    // Beyond those that trade are slots of what came without being asked for.
    const slots = draw.chance(0.15) ? (state?.slots.length ?? 1) : this.ports.settings.kernel.maxSlots;
    const slotId = Math.floor(draw.fraction() * slots);
    const isSense = draw.chance(0.85);
    const raw = this.draft(id, slotId);
    const choice = draw.fraction();
    const slot = state?.slots[slotId];
    if (state === undefined || slot === undefined || this.ports.without.has(`intent#${this.intents}`)) return;
    this.choose(raw, slot, isSense, choice);
    this.spoil(raw);
    this.say(raw);
  }

  private draft(id: string, slotId: number): RawIntent {
    const { draw, settings, host } = this.ports;
    const instrument = draw.pick(settings.kernel.instruments);
    const mark = host().subject?.state.marks.get(instrument.symbol);
    const ticks = mark?.mark ?? settings.firstPrices.get(instrument.symbol) ?? 1_000;
    const price = (ticks * instrument.tick.units) / 10 ** instrument.tick.decimals;
    const notional = draw.between(3, draw.chance(0.1) ? 14_000 : 900);
    const legs = draw.between(0, 3);
    return {
      intent_id: id,
      action: 'ENTER',
      slot_id: slotId,
      asset: instrument.symbol,
      side: draw.chance(0.5) ? 'LONG' : 'SHORT',
      strategy_class: draw.pick(CLASSES),
      timestamp: host().nowMs(),
      reference_price: price * (1 + (draw.fraction() - 0.5) * 0.0005),
      target_size: notional / price,
      leverage: 0.5 + 7.5 * draw.fraction(),
      exit_leg_ratios: Array.from({ length: legs }, () => 0.1 + 0.8 * draw.fraction()),
      is_urgent: draw.chance(0.2),
      reason: 'random',
    };
  }

  private choose(raw: RawIntent, slot: Slot, isSense: boolean, choice: number): void {
    const isTaken = slot.trade !== null && !slot.trade.isClosed;
    if (!isSense) {
      raw['action'] = ['ENTER', 'EXIT', 'CANCEL', 'MARK_PRICE'][Math.floor(choice * 4)];
      return;
    }
    if (!isTaken) return;
    raw['asset'] = slot.trade?.symbol;
    if (slot.trade?.entry !== null)
      raw['action'] = choice < 0.15 ? 'CANCEL' : choice < 0.3 ? 'EXIT' : 'MARK_PRICE';
    else raw['action'] = choice < 0.45 ? 'EXIT' : 'MARK_PRICE';
    if (raw['action'] === 'EXIT') raw['target_size'] = choice < 0.1 ? raw['target_size'] : null;
  }

  private spoil(raw: RawIntent): void {
    const { faults, host } = this.ports;
    const figure = (fault: Parameters<FaultPlan['fires']>[0], values: readonly unknown[]): void => {
      if (!faults.fires(fault)) return;
      const field = faults.pick(fault, ['target_size', 'reference_price', 'leverage', 'slot_id']);
      raw[field] = faults.pick(fault, values);
    };
    figure('not_finite', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, undefined, '7']);
    figure('negative', [-1, -0, 0, -1e-12, -1e300]);
    figure('enormous', [1e300, Number.MAX_VALUE, 2 ** 53, 1e18]);
    if (faults.fires('stale_intent'))
      raw['timestamp'] = host().nowMs() - faults.between('stale_intent', 31_000, 9_000_000);
    if (faults.fires('off_price'))
      raw['reference_price'] = Number(raw['reference_price']) * faults.pick('off_price', [0.8, 1.2]);
    if (faults.fires('tiny'))
      raw['target_size'] = Number(raw['target_size']) * faults.pick('tiny', [1e-9, 1e-4, 2e-3, 2e-3]);
    if (faults.fires('unknown_word'))
      raw[faults.pick('unknown_word', ['asset', 'strategy_class'])] = faults.pick('unknown_word', [
        'NOBODY',
        '',
        7,
      ]);
    if (faults.fires('other_slot')) raw['slot_id'] = faults.pick('other_slot', [-1, 99, 1_024, 0, 1]);
  }

  private say(raw: RawIntent): void {
    const { faults } = this.ports;
    const isUnreadable = faults.fires('unreadable_intent');
    const sent = isUnreadable
      ? faults.pick<unknown>('unreadable_intent', [
          null,
          7,
          'ENTER',
          [],
          {},
          { intent_id: '' },
          { intent_id: 'x', action: 'ENTER', side: 'UP' },
        ])
      : raw;
    this.send(sent);
    if (faults.fires('duplicate_intent')) this.send(this.last ?? raw);
    if (faults.fires('contradiction')) {
      const isEntry = raw['action'] === 'ENTER';
      this.send({ ...raw, intent_id: `${String(raw['intent_id'])}-not`, action: isEntry ? 'EXIT' : 'ENTER' });
    }
    this.last = raw;
  }

  private send(raw: unknown): void {
    this.ports.host().deliver((atMs: EpochMs): KernelEvent => intentFrom(raw, atMs));
  }
}
