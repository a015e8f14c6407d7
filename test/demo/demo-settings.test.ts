// The settings of the demo: every agent and class has an entry, and what a person wrote stands.

import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadWardenConfig } from '../../src/adapters/config/config-files.ts';
import { AGENTS } from '../../src/demo/agents.ts';
import { demoSettings } from '../../src/demo/demo-settings.ts';
import { settingsFrom } from '../../src/domain/settings.ts';

const LOADED = loadWardenConfig(resolve(import.meta.dirname, '../../config'));
if (!LOADED.ok) throw new Error('the shipped configuration is valid');
const WARDEN = LOADED.value.config;

describe('demoSettings', () => {
  it('names every agent of the demo and the kernel, two of the class that breaks as live', () => {
    const { agents } = demoSettings(settingsFrom({ warden: WARDEN, agents: {}, kill_list: {} }));

    expect(Object.keys(agents).sort()).toEqual(['pink', ...AGENTS.map(({ name }) => name)].sort());
    const live = Object.entries(agents).filter(([, { stage }]) => stage === 'live');
    expect(live.map(([name]) => name)).toEqual(['trend-ema', 'pink']);
    expect(agents['pink']).toMatchObject({ strategy_class: 'macro', base_weight: 0.2 });
  });

  it('gives every class the limit that a class without an entry has', () => {
    const { kill_list } = demoSettings(settingsFrom({ warden: WARDEN, agents: {}, kill_list: {} }));

    const entry = { status: 'ENABLED', max_cvar_sigma: WARDEN.cvar.default_max_sigma };
    expect(kill_list).toEqual({ macro: entry, arb: entry, event: entry });
  });

  it('changes nothing that a person said, and gives the whole its own hash', () => {
    const own = settingsFrom({
      warden: WARDEN,
      agents: { pink: { strategy_class: 'event', stage: 'shadow', base_weight: 0.05 } },
      kill_list: { event: { status: 'ENABLED', max_cvar_sigma: 3 } },
    });

    const settings = demoSettings(own);

    expect(settings.warden).toEqual(WARDEN);
    expect(settings.agents['pink']).toEqual(own.agents['pink']);
    expect(settings.kill_list['event']).toEqual(own.kill_list['event']);
    expect(settings.config_hash).not.toBe(own.config_hash);
  });
});
