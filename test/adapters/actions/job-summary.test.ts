// The page of a run: written by the toolkit of GitHub Actions, never so long that GitHub drops it.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  jobSummaryOf,
  SUMMARY_BYTES_MAX,
  SUMMARY_RESERVE_BYTES,
  summaryWithin,
} from '../../../src/adapters/actions/job-summary.ts';
import { REPORT_BYTES_MAX } from '../../../src/supervision/report-markdown.ts';
import { stepVariable } from '../../fakes/step-variable.ts';

const NAME = 'GITHUB_STEP_SUMMARY';
const namePage = stepVariable(NAME);
const folder = mkdtempSync(join(tmpdir(), 'warden-summary-'));
const file = join(folder, 'summary.md');

beforeEach(() => {
  writeFileSync(file, '');
  namePage(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('jobSummaryOf', () => {
  it('is nothing outside of GitHub Actions', () => {
    expect(jobSummaryOf({})).toBeNull();
    expect(jobSummaryOf({ [NAME]: '' })).toBeNull();
  });

  it('appends what it is given to the page of the run', async () => {
    const summary = jobSummaryOf(process.env);
    await summary?.write('# One\n');
    await summary?.write('two | 😀\n');

    expect(readFileSync(file, 'utf8')).toBe('# One\ntwo | 😀\n');
  });

  it('keeps all that is written in one run below the limit', async () => {
    const summary = jobSummaryOf(process.env);
    const long = `${'x'.repeat(99)}\n`.repeat(6000);
    await summary?.write(long);
    await summary?.write(long);
    await summary?.write(long);

    const text = readFileSync(file, 'utf8');
    expect(Buffer.byteLength(text)).toBeLessThan(SUMMARY_BYTES_MAX - SUMMARY_RESERVE_BYTES);
    expect(Buffer.byteLength(text)).toBeGreaterThan(SUMMARY_BYTES_MAX - SUMMARY_RESERVE_BYTES - 500);
    expect(text.match(/The rest is left out/g)).toHaveLength(1);
  });
});

describe('a report as long as there is', () => {
  const report = `${'x'.repeat(99)}\n`.repeat(20_000);
  const sections = Array.from({ length: 6 }, (_, index) => `${`${index} `.repeat(4900)}\n`);

  it('leaves room for the short sections after it', async () => {
    const summary = jobSummaryOf(process.env);
    await summary?.write(report);
    for (const section of sections) await summary?.write(section);

    const text = readFileSync(file, 'utf8');
    for (const section of sections) expect(text).toContain(section);
    expect(Buffer.byteLength(text)).toBeLessThan(SUMMARY_BYTES_MAX);
  });

  it('is written in full where it is no longer than reports get, whatever was written before', async () => {
    const longest = 'y'.repeat(REPORT_BYTES_MAX);
    const summary = jobSummaryOf(process.env);
    await summary?.write('# Header\n');
    await summary?.write(longest);

    expect(readFileSync(file, 'utf8')).toBe(`# Header\n${longest}`);
  });
});

describe('summaryWithin', () => {
  it('leaves a text that fits', () => {
    expect(summaryWithin('# a\n', 5, 'r.md')).toBe('# a\n');
  });

  it('cuts at the end of a line and says where the whole is', () => {
    const text = summaryWithin(`${'é'.repeat(49)}\n`.repeat(10), 400, 'supervisor/meta_report.md');

    expect(text.split('\n')[0]).toBe('é'.repeat(49));
    expect(text.split('\n').slice(-2)[0]).toBe(
      '_The rest is left out, since GitHub shows 1 MB a step. The whole is `supervisor/meta_report.md` in the state folder._',
    );
    expect(Buffer.byteLength(text)).toBeLessThan(400);
  });

  it('leaves no fence and no unfolding section open', () => {
    const block = [
      '# t',
      '<details><summary>s</summary>',
      '',
      '```mermaid',
      '<details>',
      '```',
      '',
      '</details>',
      '',
    ];
    const whole = block.join('\n').repeat(20);
    for (let bytes = 200; bytes < 600; bytes += 1) {
      const text = summaryWithin(whole, bytes, 'r.md');
      expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
      expect(text.match(/^<details><summary>/gm)?.length).toBe(text.match(/^<\/details>/gm)?.length);
    }
  });

  it('takes what stands in a fence for no section, and cuts behind the fence', () => {
    const block = ['# t', '```text', '</details>', '```', '```text', '<details>', '```', ''].join('\n');
    for (let bytes = 200; bytes < 600; bytes += 1) {
      const text = summaryWithin(block.repeat(20), bytes, 'r.md');
      expect((text.match(/^```/gm) ?? []).length % 2).toBe(0);
      if (bytes >= 300) expect(text.startsWith(block.repeat(2))).toBe(true);
    }
  });

  it('stays below its limit, for any text and limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.nat(600), (text, bytes) => {
        expect(Buffer.byteLength(summaryWithin(text, bytes, 'r.md'))).toBeLessThan(Math.max(1, bytes));
      }),
    );
  });
});
