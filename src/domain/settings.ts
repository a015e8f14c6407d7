// The settings a decision was made under, kept by their hash, so that it can be recomputed and, where a file was broken since,
// the last good ones stay in force.

import Type, { type Static } from 'typebox';
import { canonicalJson, sha256Hex } from './canonical.ts';
import { AgentRegistry, WardenConfig } from './config.ts';
import { sha256, version } from './fields.ts';
import { KillList } from './kill-list.ts';
import { closed } from './supervisor-fields.ts';

/** `supervisor/settings/<config_hash>.json`: the three configuration files with their defaults filled in. */
export const Settings = Type.Object(
  { v: version, config_hash: sha256, warden: WardenConfig, agents: AgentRegistry, kill_list: KillList },
  { ...closed, title: 'Settings' },
);
export type Settings = Static<typeof Settings>;

/** Returns the settings with their hash: comments and layout of the files do not change it, a changed default does. */
export function settingsFrom(files: Pick<Settings, 'warden' | 'agents' | 'kill_list'>): Settings {
  const { warden, agents, kill_list } = files;
  return {
    v: 1,
    config_hash: sha256Hex(canonicalJson({ warden, agents, kill_list })),
    warden,
    agents,
    kill_list,
  };
}
