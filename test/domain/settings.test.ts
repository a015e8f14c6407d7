// The settings of a decision and their hash: one hash for one meaning, another as soon as anything that decides is another.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAgents, parseKillList, parseWardenConfig } from '../../src/adapters/config/config-files.ts';
import { Settings, settingsFrom } from '../../src/domain/settings.ts';
import { validate } from '../../src/domain/validate.ts';

const SHIPPED = Object.fromEntries(
  ['warden', 'agents', 'kill-list'].map((name) => [
    name,
    readFileSync(new URL(`../../config/${name}.yaml`, import.meta.url), 'utf8'),
  ]),
);

function settingsOf(change: Readonly<Record<string, (text: string) => string>> = {}): Settings {
  const textOf = (name: string): string => {
    const shipped = SHIPPED[name] ?? '';
    const text = change[name]?.(shipped) ?? shipped;
    if (change[name] !== undefined) expect(text).not.toBe(shipped);
    return text;
  };
  const warden = parseWardenConfig(textOf('warden'), 'w');
  const agents = parseAgents(textOf('agents'), 'a');
  const killList = parseKillList(textOf('kill-list'), 'k');
  if (!warden.ok || !agents.ok || !killList.ok) throw new Error('the texts are valid');
  return settingsFrom({
    warden: warden.value.config,
    agents: agents.value,
    kill_list: killList.value.killList,
  });
}

const { config_hash: HASH } = settingsOf();

describe('the hash of the settings', () => {
  it.each([
    ['comments', 'warden', (text: string) => text.replaceAll(/ *#.*$/gm, '')],
    ['comments', 'kill-list', (text: string) => `# why\n${text}`],
    ['layout', 'kill-list', (text: string) => text.replace(/macro:\n.*\n.*/, 'macro: {"max_cvar_sigma": 4}')],
    [
      'the order of keys',
      'agents',
      (text: string) =>
        text
          .split(/\n(?=[a-z])/)
          .reverse()
          .join('\n'),
    ],
    [
      'a default that is left out',
      'warden',
      (text: string) => text.replace(/\n {2}half_life_signals: 80.*/, ''),
    ],
  ])('is not changed by %s of %s.yaml', (_what, file, change) => {
    expect(settingsOf({ [file]: change }).config_hash).toBe(HASH);
  });

  it.each([
    ['a limit', 'kill-list', 'max_cvar_sigma: 4.0', 'max_cvar_sigma: 4.1'],
    [
      'a limit of a regime',
      'kill-list',
      'macro:\n',
      'macro:\n  by_regime: { TREND: { max_cvar_sigma: 3 } }\n',
    ],
    ['a weight', 'agents', 'base_weight: 0.2', 'base_weight: 0.1'],
    ['a stage', 'agents', 'stage: shadow', 'stage: live'],
    ['a rule', 'warden', 'alarm_level: 5000', 'alarm_level: 5001'],
  ])('is changed by %s of %s.yaml', (_what, file, from, to) => {
    // The last one, since the first stands in a comment.
    const change = (text: string) =>
      text.slice(0, text.lastIndexOf(from)) + text.slice(text.lastIndexOf(from)).replace(from, to);

    expect(settingsOf({ [file]: change }).config_hash).not.toBe(HASH);
  });
});

it('settings are a valid record, and hash to the same when they were read back', () => {
  const settings = settingsOf();
  const read = validate(Settings, JSON.parse(JSON.stringify(settings)));

  expect(read).toEqual({ ok: true, value: settings });
  expect(read.ok && settingsFrom(read.value)).toEqual(settings);
});
