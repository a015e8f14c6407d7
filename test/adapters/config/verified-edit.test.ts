// The net below every edit of a configuration file: what the edited text does not say as meant is never taken.

import { describe, expect, it } from 'vitest';
import { verifiedEdit } from '../../../src/adapters/config/verified-edit.ts';
import { parseYaml } from '../../../src/adapters/config/yaml-text.ts';
import { err, ok, type Result } from '../../../src/domain/result.ts';

type Entries = Readonly<Record<string, Readonly<Record<string, string>>>>;

const TEXT = 'macro:\n  status: ENABLED\n';
const EDIT = { name: 'macro', set: { status: 'DISABLED' }, remove: [] };
const MEANT: Entries = { macro: { status: 'DISABLED' } };

function entriesOf(text: string): Result<Entries, []> {
  const read = parseYaml(text);
  return read.ok ? ok(read.value.value as Entries) : err([]);
}

describe('an edit', () => {
  it('is taken where the text says then what is meant', () => {
    expect(verifiedEdit(TEXT, entriesOf, EDIT, () => MEANT)).toEqual(ok('macro:\n  status: DISABLED\n'));
  });

  it('is not taken where the text would say something else than what is meant', () => {
    const meant = () => ({ ...MEANT, arb: { status: 'DISABLED' } });

    expect(verifiedEdit(TEXT, entriesOf, EDIT, meant)).toEqual(
      err(expect.stringMatching(/an edit of the file would not be safe: \S*arb.* is meant; edit it by hand/)),
    );
  });

  it('is not taken where the text would be broken', () => {
    const problem = { file: 'list.yaml', place: null, path: 'macro', message: 'is wrong' };
    const read = (text: string) => (text === TEXT ? entriesOf(text) : err([problem]));

    expect(verifiedEdit<Entries>(TEXT, read, EDIT, () => MEANT)).toEqual(
      err(expect.stringContaining('would not be safe: list.yaml')),
    );
  });

  it('leaves a text that says already what is meant, whatever the edit would do', () => {
    expect(verifiedEdit(TEXT, entriesOf, EDIT, (before) => before)).toEqual(ok(TEXT));
  });

  it.each([
    ['reads words otherwise', `%YAML 1.1\n---\nyes: {}\n${TEXT}`, { yes: {} }],
    ['does not know a directive', `%FOO bar\n---\n${TEXT}`, {}],
  ])('is not taken where a second parser %s', (_case, text, others) => {
    expect(verifiedEdit(text, entriesOf, EDIT, () => ({ ...MEANT, ...others }))).toEqual(
      err(expect.stringContaining('two parsers of YAML read different things')),
    );
  });
});
