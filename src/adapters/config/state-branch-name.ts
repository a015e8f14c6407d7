// Which branch holds the state, also where warden.yaml has other problems: a broken limit must not make a job, or the app, look elsewhere.

import { SHIPPED_STATE_BRANCH } from '../../domain/config.ts';
import { fieldOf } from '../../domain/field-of.ts';
import { isBranchName } from './config-rules.ts';
import { readConfig } from './yaml-file.ts';
import { parseYaml } from './yaml-text.ts';

/** Returns the branch that the warden.yaml in a folder names; see {@link stateBranchIn}. */
export function stateBranchNamed(configDir: string): string | null {
  const text = readConfig(configDir, 'warden.yaml');
  return text.ok ? stateBranchIn(text.value) : null;
}

/**
 * Returns `state.branch` of the text of a warden.yaml, or the name it ships with where the text names none; `null` where it cannot be
 * told, since there is no such file, it is no YAML, or that is no name of a branch.
 */
export function stateBranchIn(warden: string | null): string | null {
  const document = warden === null ? null : parseYaml(warden);
  if (document?.ok !== true) return null;
  const branch = fieldOf(fieldOf(document.value.value, 'state'), 'branch');
  if (branch === undefined) return SHIPPED_STATE_BRANCH;
  return typeof branch === 'string' && isBranchName(branch) ? branch : null;
}
