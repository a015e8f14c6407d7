// The name of the state branch out of a file with problems: only what cannot be told is not told.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stateBranchNamed } from '../../../src/adapters/config/state-branch-name.ts';

function named(text: string | null): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'warden-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  if (text !== null) writeFileSync(join(dir, 'warden.yaml'), text);
  return stateBranchNamed(dir);
}

it.each([
  ['the one that a right file names', 'state: { branch: desk }', 'desk'],
  ['the one that a file with other problems names', 'horizon_hours: one\nstate: { branch: desk }', 'desk'],
  ['the one it ships with, where a file names none', 'version: 1', 'warden-state'],
  ['the one it ships with, where the section is there', 'state: { compact_after: 92d }', 'warden-state'],
  ['unknown where it is no text', 'state: { branch: 5 }', null],
  ['unknown where it is no name of a branch', 'state: { branch: --upload-pack=x }', null],
  ['unknown where the file is no YAML', 'state: { branch: desk', null],
  ['unknown where there is no file', null, null],
])('is %s', (_case, text, branch) => {
  expect(named(text)).toBe(branch);
});
