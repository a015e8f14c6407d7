// Which branch holds the state, also where warden.yaml has other problems: a broken limit must not make a job look elsewhere.

import { SHIPPED_STATE_BRANCH } from '../../domain/config.ts';
import { fieldOf } from '../../domain/field-of.ts';
import { readConfig } from './yaml-file.ts';
import { parseYaml } from './yaml-text.ts';

/**
 * Returns `state.branch` of the warden.yaml in a folder, or the name it ships with where the file names none; `null` where it cannot be
 * told, since there is no such file or it is no YAML.
 */
export function stateBranchNamed(configDir: string): string | null {
  const text = readConfig(configDir, 'warden.yaml');
  const document = text.ok && text.value !== null ? parseYaml(text.value) : null;
  if (document?.ok !== true) return null;
  const branch = fieldOf(fieldOf(document.value.value, 'state'), 'branch');
  return branch === undefined ? SHIPPED_STATE_BRANCH : typeof branch === 'string' ? branch : null;
}
