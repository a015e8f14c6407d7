// Holds the schedules to what a private repository gets for free, and the documentation to the schedules.

import { describe, expect, it } from 'vitest';
import { FREE_MINUTES, scheduledJobsPerMonth } from './cost.ts';
import { shippedWorkflows, textOf, workflowOf } from './workflow-file.ts';

const files = shippedWorkflows();
const perMonth = new Map(files.map((file) => [file.workflow.name, scheduledJobsPerMonth(file)]));
const total = [...perMonth.values()].reduce((sum, each) => sum + each, 0);

/** Workflow → the cells of its row in the section about cost. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const section = textOf('docs/jobs.md').split('\n## What it costs\n')[1] ?? '';
  const table = section.split('\n\n').find((block) => block.startsWith('| workflow |')) ?? '';
  return new Map(
    table
      .split('\n')
      .slice(2)
      .map((row) => {
        const [, name = '', ...cells] = row.split('|').map((cell) => cell.trim());
        return [name.replaceAll('`', '').replaceAll('*', ''), cells.slice(0, -1)];
      }),
  );
}

describe('the schedules', () => {
  it('cost less than what is free, with room for what people and events start', () => {
    expect(total).toBeLessThan(FREE_MINUTES * 0.9);
  });

  it('cost what the documentation says', () => {
    const rows = documented();
    for (const [name, jobs] of perMonth) {
      expect([name, rows.get(name)?.slice(-2)]).toEqual([
        name,
        [jobs.toLocaleString('en'), jobs.toLocaleString('en')],
      ]);
    }
    expect(rows.get('in all')?.slice(-2)).toEqual([total.toLocaleString('en'), total.toLocaleString('en')]);
  });

  it('are counted by the longest month and by the jobs of a workflow', () => {
    const job = '{ runs-on: x, steps: [] }';
    const text = `name: it\non:\n  schedule:\n    - cron: '13,43 * * * *'\njobs:\n  a: ${job}\n  b: ${job}\n`;
    expect(scheduledJobsPerMonth(workflowOf('it.yml', text))).toBe(2 * 48 * 31);
  });
});
