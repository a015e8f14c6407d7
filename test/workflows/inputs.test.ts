// Holds the forms of the workflows to the commands that they start: the same names, types, choices and defaults.

import { describe, expect, it } from 'vitest';
import type { Register } from '../../src/cli/program.ts';
import { COMMANDS } from '../../src/cli/registry.ts';
import { commandsOf } from './commands.ts';
import { inputFindings, NOT_INPUTS } from './inputs.ts';
import { shippedWorkflows, workflowOf } from './workflow-file.ts';

const commands = commandsOf(COMMANDS);

describe('the form of a workflow', () => {
  it.each(shippedWorkflows())('$path is the command that it starts', (file) => {
    expect(inputFindings(file, commands)).toEqual([]);
  });

  it('leaves out no option that there is not', () => {
    const all = [...commands].flatMap(([name, { command }]) =>
      [
        ...command.options.map(({ long }) => long),
        ...command.registeredArguments.map((each) => each.name()),
      ].flatMap((word) => [`${name} ${word}`, `${name.replace(/ .*/, '')} ${word}`]),
    );
    expect(Object.keys(NOT_INPUTS).filter((each) => !all.includes(each))).toEqual([]);
  });
});

describe('a form is found', () => {
  const paint: Register = (frame) => {
    frame
      .group('run', 'Runs')
      .command({
        usage: 'paint [file]',
        summary: '',
        example: '',
        exitCodes: [],
        writes: true,
        takesInputs: true,
      })
      .option('--color <name>', '')
      .option('--two-coats', '');
  };
  const FORM = `name: paint
on:
  workflow_dispatch:
    inputs:
      file: { description: What, type: string, default: '' }
      color: { description: Which, type: string, default: '' }
      two_coats: { description: Twice, type: boolean, default: false }
      dry_run: { description: Not really, type: boolean, default: true }
jobs:
  paint:
    steps:
      - run: node dist/cli.js run paint
        env:
          WARDEN_INPUTS: \${{ toJSON(inputs) }}
`;

  function findings(from: string, to: string, register = paint): readonly string[] {
    expect(FORM).toContain(from);
    return inputFindings(
      workflowOf(
        'paint.yml',
        FORM.replace(from, () => to),
      ),
      commandsOf([register]),
    );
  }

  it('to be right', () => {
    expect(findings('paint', 'paint')).toEqual([]);
  });

  it.each([
    [
      'with an input that is no option',
      '      color:',
      '      shade: { description: x, type: string, default: x }\n      color:',
    ],
    ['without an option', /^ +color:.*\n/m.exec(FORM)?.[0] ?? '', ''],
    ['without an argument', /^ +file:.*\n/m.exec(FORM)?.[0] ?? '', ''],
    ['with a flag as text', 'Twice, type: boolean', 'Twice, type: string'],
    ['with a value as a flag', 'Which, type: string', 'Which, type: boolean'],
    ['that writes by default', 'default: true', 'default: false'],
    ['that leaves open what is not given', "Which, type: string, default: ''", 'Which, type: string'],
    [
      'that does not reach the command',
      '          WARDEN_INPUTS: ${{ toJSON(inputs) }}',
      '          OTHER: x',
    ],
    ['that is handed over otherwise', '${{ toJSON(inputs) }}', '${{ toJSON(github.event.inputs) }}'],
    ['for a command that there is not', 'run paint', 'run print'],
  ])('%s', (_case, from, to) => {
    expect(findings(from, to)).toHaveLength(1);
  });

  it('for a command that takes no inputs', () => {
    const deaf: Register = (frame) =>
      paint({ ...frame, group: (...given) => deafened(frame.group(...given)) });
    expect(findings('paint', 'paint', deaf)).toEqual(['paint.yml: warden run paint does not take inputs']);
  });
});

function deafened(frame: Parameters<Register>[0]): Parameters<Register>[0] {
  return { ...frame, command: (spec) => frame.command({ ...spec, takesInputs: false }) };
}
