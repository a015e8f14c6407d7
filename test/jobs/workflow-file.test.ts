// What is read of workflow files: those that ship with Warden, what people write, and what is none.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/jobs/workflow-file.ts';
import { timetableOf } from '../../src/supervision/schedule.ts';

const FOLDER = join(import.meta.dirname, '../../.github/workflows');

describe('the workflows that ship with Warden', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));

  it.each(files)('%s is read, and each of its schedules is one of GitHub', (name) => {
    const file = readWorkflowFile(readFileSync(join(FOLDER, name), 'utf8'));

    if (!file.ok) throw new Error(file.error);
    if (file.value.schedule.length > 0) expect(timetableOf(file.value.schedule).ok).toBe(true);
    expect(file.value.isSelfHosted).toBe(name === 'kernel.yml');
  });
});

describe('a workflow file', () => {
  it('tells its schedules, with a time zone where one is given', () => {
    const text = [
      'on:',
      '  schedule:',
      "    - cron: '13,43 * * * *'",
      "    - { cron: '0 9 * * 1-5', timezone: Europe/Berlin }",
      'jobs: {}',
    ].join('\n');

    expect(readWorkflowFile(text)).toEqual({
      ok: true,
      value: {
        schedule: [
          { cron: '13,43 * * * *', timezone: 'UTC' },
          { cron: '0 9 * * 1-5', timezone: 'Europe/Berlin' },
        ],
        isSelfHosted: false,
      },
    });
  });

  it.each([
    ['one event', 'on: push'],
    ['a list of events', 'on: [push, workflow_dispatch]'],
    ['events with settings', 'on:\n  push:\n  workflow_dispatch:'],
  ])('has none with %s', (_case, text) => {
    const file = readWorkflowFile(text);

    expect(file.ok && file.value.schedule).toEqual([]);
  });

  it.each([
    ['one label', 'self-hosted'],
    ['a list of labels', '[self-hosted, pink]'],
    ['a group with labels', '{ group: desk, labels: [self-hosted] }'],
  ])('waits for a runner of one’s own with %s', (_case, runsOn) => {
    const file = readWorkflowFile(
      `on: push\njobs:\n  a: { runs-on: ubuntu-latest }\n  b: { runs-on: ${runsOn} }`,
    );

    expect(file.ok && file.value.isSelfHosted).toBe(true);
  });

  it.each([
    ['on: [', 'it is no YAML: '],
    ['', 'it is no YAML: expected a document'],
    ['- a\n- b', 'it says nothing under on'],
    ['on: { schedule: daily }', 'on.schedule is no list'],
    ['on: { schedule: [daily] }', 'an item of on.schedule has no cron'],
    ['on: { schedule: [{ cron: 5 }] }', 'an item of on.schedule has no cron'],
    ['on: { schedule: [{ cron: "* * * * *", timezone: 1 }] }', 'an item of on.schedule has no cron'],
  ])('%j is refused with the reason', (text, reason) => {
    const file = readWorkflowFile(text);

    expect(file.ok ? 'accepted' : file.error).toContain(reason);
  });

  it('cannot grow beyond what it is by repeating itself', () => {
    const lines = Array.from(
      { length: 30 },
      (_, at) => `x${at}: &x${at} [${at === 0 ? '1' : `*x${at - 1}, *x${at - 1}`}]`,
    );

    expect(readWorkflowFile(`on: push\n${lines.join('\n')}\n`).ok).toBe(false);
  });
});
