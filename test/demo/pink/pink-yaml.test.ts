// The pink.yaml of the demo is one that PINK takes, for whatever perpetuals the market has.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadPink } from '../../../src/adapters/config/config-files.ts';
import { makeMarket } from '../../../src/demo/market.ts';
import { perpsOf } from '../../../src/demo/pink/bars.ts';
import { pinkYaml } from '../../../src/demo/pink/pink-yaml.ts';

it('names the perpetuals of its market, a slot for each, and play money', () => {
  const folder = mkdtempSync(join(tmpdir(), 'warden-pink-yaml-'));
  const market = makeMarket(1, 1);
  writeFileSync(join(folder, 'pink.yaml'), pinkYaml(market));
  const loaded = loadPink(folder);
  rmSync(folder, { recursive: true });

  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const { venue, execution, limits } = loaded.value;
  const symbols = perpsOf(market).map(({ symbol }) => symbol);
  expect(venue).toMatchObject({ environment: 'demo', symbols });
  expect(execution.max_slots).toBe(symbols.length);
  expect(limits.max_position_usdt).toBe(limits.max_order_usdt * symbols.length);
});
