// The pink.yaml of the demo: PINK with play money at an exchange of this machine, with limits that this market needs.

import type { DemoMarket } from '../market.ts';
import { perpsOf } from './bars.ts';

/** Returns the text of `config/pink.yaml` for the perpetuals of a market. */
export function pinkYaml(market: DemoMarket): string {
  const symbols = perpsOf(market).map(({ symbol }) => symbol);
  return `# How PINK trades in the demo. Keys and address of the local exchange come with its process, as variables.

version: 1

venue:
  # As at BingX with play money, but the exchange is one of this machine.
  environment: demo
  symbols: [${symbols.join(', ')}]
  position_mode: one_way
  account: exclusive

# The demo hands PINK the bars of its own market, in place of a feed that it would open itself.
feed:
  kind: simulated

policy:
  # The demo brings a policy of its own, which follows the last day of a symbol for a day.
  strategy_class: macro

limits:
  # A trade is a twentieth of the capital of 100,000; all symbols may be held at once.
  max_order_usdt: 10000
  max_position_usdt: ${10_000 * symbols.length}
  max_leverage: 3
  # This market moves by a tenth within one bar now and then. A limit of a quiet day would end entries on such days, and the demo
  # is to show what the kill list ends.
  max_daily_loss_usdt: 10000
  # Between two bars there are no prices, so the price of the bar counts while its orders go out.
  price_band_bps: 500
  stale_mark: 10s
  max_entries_per_minute: 12

execution:
  max_slots: ${Math.min(12, symbols.length)}
  style: taker

runner:
  id: pink-demo
  agent: pink
  # Once with each bar that it lives through; what somebody reads in between is as old as that bar.
  heartbeat: 4h
  # It ends with the days of the demo, and leaves what it holds.
  on_stop: keep
  git: null

status:
  # The demo writes the page as files in place of serving it.
  port: null

sinks:
  ndjson: false
  alpha_events: true
`;
}
