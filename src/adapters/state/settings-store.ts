// supervisor/settings/<config_hash>.json: the configuration that decisions were made under, stored once and never changed.

import { assert } from '../../domain/assert.ts';
import { canonicalJson, sha256Hex } from '../../domain/canonical.ts';
import { problemText } from '../../domain/problem.ts';
import { Settings, settingsFrom } from '../../domain/settings.ts';
import { validate } from '../../domain/validate.ts';
import type { Disk } from '../../ports.ts';
import { CorruptStateError } from './corrupt-state.ts';
import type { SaveOutcome } from './json-file.ts';
import { parseJsonLine } from './jsonl.ts';

/** Stores settings under their hash; where they are stored already, nothing is written. Asserts that the hash is theirs. */
export function saveSettings(disk: Disk, settings: Settings): SaveOutcome {
  const { config_hash } = settings;
  assert(
    settingsFrom(settings).config_hash === config_hash,
    `${config_hash} is not the hash of the settings`,
  );
  const path = pathOf(config_hash);
  if (disk.read(path) !== null) return 'unchanged';
  const sorted: unknown = JSON.parse(canonicalJson(settings));
  disk.replace(path, `${JSON.stringify(sorted, null, 2)}\n`);
  return 'saved';
}

/**
 * Returns the settings with this hash, or `null` where they are not stored, or were stored by a version of Warden whose
 * settings this one cannot read.
 *
 * @throws CorruptStateError where the file is not JSON, or its content has another hash.
 */
export function readSettings(disk: Disk, configHash: string): Settings | null {
  const path = pathOf(configHash);
  const bytes = disk.read(path);
  if (bytes === null) return null;
  const parsed = parseJsonLine(bytes.toString('utf8'));
  if (!parsed.ok) throw new CorruptStateError(path, `is not JSON: ${problemText(parsed.error)}`);
  // Before the schema: it fills in defaults that the version which stored the settings may not have known.
  const found = hashOf(parsed.value);
  if (found !== configHash)
    throw new CorruptStateError(path, `holds settings whose hash is ${found}; expected that of its name`);
  const settings = validate(Settings, parsed.value);
  if (!settings.ok) return null;
  const { config_hash } = settings.value;
  if (config_hash !== configHash) throw new CorruptStateError(path, `says config_hash ${config_hash}`);
  return settings.value;
}

function hashOf(value: unknown): string | null {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject || !('warden' in value && 'agents' in value && 'kill_list' in value)) return null;
  const { warden, agents, kill_list } = value;
  return sha256Hex(canonicalJson({ warden, agents, kill_list }));
}

function pathOf(configHash: string): string {
  assert(/^[0-9a-f]{64}$/.test(configHash), `"${configHash}" is not a hash of settings`);
  return `supervisor/settings/${configHash}.json`;
}
