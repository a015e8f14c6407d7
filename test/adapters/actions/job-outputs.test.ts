// Outputs of a run: what later steps read, whatever is in the values.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { JOB_OUTPUTS, jobOutputsOf } from '../../../src/adapters/actions/job-outputs.ts';
import { stepVariable } from '../../fakes/step-variable.ts';

const NAME = 'GITHUB_OUTPUT';
const nameOutputs = stepVariable(NAME);
const folder = mkdtempSync(join(tmpdir(), 'warden-outputs-'));
const file = join(folder, 'output');

beforeEach(() => {
  writeFileSync(file, '');
  nameOutputs(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads the file as the runner does: `name<<delimiter`, the lines of the value, the delimiter. */
function outputsIn(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const [, name = '', delimiter = ''] = /^(.*?)<<(.*)$/.exec(lines[at] ?? '') ?? [];
    if (delimiter === '') continue;
    const end = lines.indexOf(delimiter, at + 1);
    found[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return found;
}

describe('outputs of a run', () => {
  it('are none outside of GitHub Actions', () => {
    expect(jobOutputsOf({})).toBeNull();
    expect(jobOutputsOf({ [NAME]: '' })).toBeNull();
  });

  it('are read by later steps, the last value of each', () => {
    const outputs = jobOutputsOf(process.env);
    outputs?.set('exit_code', 7);
    outputs?.set('pushed', true);
    outputs?.set('commit', 'abc');
    outputs?.set('commit', '');

    expect(outputsIn(readFileSync(file, 'utf8'))).toEqual({ exit_code: '7', pushed: 'true', commit: '' });
  });

  it('have names that an expression of a workflow can hold', () => {
    expect(JOB_OUTPUTS.filter((name) => !/^[a-z][a-z_]*$/.test(name))).toEqual([]);
  });

  it('are all of the table in the documentation', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../../docs/jobs.md'), 'utf8');
    const [, table = ''] = page.split('| output | job | value |\n');
    const rows = table.slice(0, table.indexOf('\n\n')).matchAll(/^\| `(\w+)` \|/gm);

    expect([...rows].map(([, name]) => name)).toEqual(JOB_OUTPUTS);
  });

  it('cannot become another output, for any value', () => {
    const hostile = fc.constantFrom('a\npushed=true\n', 'x<<y\nz\ny', 'pushed<<EOF\ntrue\nEOF\n', '\r\n');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), hostile), (value) => {
        writeFileSync(file, '');
        jobOutputsOf(process.env)?.set('site', value);

        expect(outputsIn(readFileSync(file, 'utf8'))).toEqual({ site: value });
      }),
      { numRuns: 50 },
    );
  });
});
