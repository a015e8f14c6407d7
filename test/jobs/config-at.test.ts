// The configuration at a commit: read as data, checked as a whole.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configTextsAt, settingsOfTexts } from '../../src/jobs/config-at.ts';
import { memoryGitHub } from '../fakes/memory-github.ts';

const shipped = (name: string) => readFileSync(new URL(`../../config/${name}.yaml`, import.meta.url), 'utf8');
const FILES = {
  'config/warden.yaml': shipped('warden'),
  'config/agents.yaml': shipped('agents'),
  'config/kill-list.yaml': shipped('kill-list'),
};

describe('the configuration at a commit', () => {
  it('is the settings of its three files', async () => {
    const texts = await configTextsAt(memoryGitHub({ files: FILES }), 'main');
    const settings = settingsOfTexts(texts);

    expect(settings.ok && Object.keys(settings.value.kill_list)).toEqual(['macro', 'arb', 'event']);
    expect(settings.ok && settings.value.warden.github.acknowledge_within).toBe('15m');
  });

  it('has nobody in its registry where there is no agents.yaml', async () => {
    const { 'config/agents.yaml': _agents, ...withoutAgents } = FILES;
    const texts = await configTextsAt(memoryGitHub({ files: withoutAgents }), 'main');
    const settings = settingsOfTexts(texts);

    expect(texts.agents).toBeNull();
    expect(settings.ok && settings.value.agents).toEqual({});
  });

  it('is every problem of every file where some are wrong', () => {
    const settings = settingsOfTexts({
      warden: 'version: 2\n',
      agents: 'momo: { strategy_clas: macro }\n',
      killList: null,
    });

    expect(settings.ok).toBe(false);
    const files = settings.ok ? [] : settings.error.map(({ file }) => file);
    expect(new Set(files)).toEqual(
      new Set(['config/warden.yaml', 'config/agents.yaml', 'config/kill-list.yaml']),
    );
  });
});
