// Commands to GitHub Actions: whatever is in them, they stay on one line and say what was meant.

import { error as toolkitError } from '@actions/core';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { workflowCommand } from '../../../src/adapters/actions/workflow-command.ts';
import { parsedCommand } from './parsed-command.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('::', '%', '%25', ',', '\r\n', '::error::x', 'a=b'),
);

describe('a command', () => {
  it('names its properties and says its message', () => {
    expect(workflowCommand('error', { file: 'a.jsonl', line: 3, col: null, title: '' }, 'no')).toBe(
      '::error file=a.jsonl,line=3::no',
    );
    expect(workflowCommand('warning', {}, 'no')).toBe('::warning::no');
  });

  it('is one line that is read back as it was meant, for any text', () => {
    fc.assert(
      fc.property(text, text, text, (file, title, message) => {
        const command = workflowCommand('error', { file, line: 1, title }, message);

        expect(command).not.toMatch(/[\r\n]/);
        expect(parsedCommand(command)).toEqual({
          name: 'error',
          properties: { ...(file === '' ? {} : { file }), line: '1', ...(title === '' ? {} : { title }) },
          message,
        });
      }),
    );
  });

  it('is what the toolkit of GitHub writes, for any text', () => {
    const written: string[] = [];
    const spy = vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((chunk) => written.push(String(chunk)) > 0);
    try {
      fc.assert(
        fc.property(text, text, text, (file, title, message) => {
          written.length = 0;
          toolkitError(message, { title, file, startLine: 7 });
          expect(written.join('')).toBe(`${workflowCommand('error', { title, file, line: 7 }, message)}\n`);
        }),
        { numRuns: 50 },
      );
    } finally {
      spy.mockRestore();
    }
  });
});
