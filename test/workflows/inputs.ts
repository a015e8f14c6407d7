// Whether the form that a person fills in on GitHub and the command that it starts are the same, as a function over both.

import type { commandsOf } from './commands.ts';
import { type Input, inputsOf, jobsOf, type WorkflowFile } from './workflow-file.ts';

/** Options that are no inputs, with the reason; those of every job are named without it. */
export const NOT_INPUTS: Readonly<Record<string, string>> = {
  'app --check': 'is for the server',
  'app --event': 'is what the workflow says',
  'kernel ctl --socket': 'is a variable of the repository, since it belongs to the machine of the runner',
  'kernel ctl --request-id': 'is for a person at the machine who repeats a request',
  'kernel ctl id': 'is what a person at the machine has seen',
  'kernel ctl --slot': 'is for a person at the machine who has looked at a slot',
  'kernel ctl --watch': 'ends at Ctrl-C',
  'run --branch': 'is a setting of the repository, which every job has to share',
  'run --remote': 'is the repository of the workflow',
  'run ingest --producer': 'is the folder of whoever writes, and workflows are one writer',
  'run report --dry-run': 'would leave no page to publish, and the job writes no state',
  'run reconcile --prices': 'is for history, and for work without a network',
  'run supervise --no-checkpoint': 'is for a comparison by hand, which leaves the same state',
};

type Commands = ReturnType<typeof commandsOf>;

/** Finds inputs that are no option of the command, options that nobody can give, and other types, choices or defaults. */
export function inputFindings(file: WorkflowFile, commands: Commands): readonly string[] {
  const { path, workflow } = file;
  if (workflow.on.workflow_dispatch === undefined) return [];
  return jobsOf(file).flatMap(([, { steps }]) =>
    steps.flatMap(({ run = '', env = {} }) => {
      const line = /^node dist\/cli\.js (?<line>.+)$/.exec(run)?.groups?.['line'];
      if (line === undefined) return [];
      const name = [...commands.keys()].find((each) => line === each || line.startsWith(`${each} `));
      const facts = commands.get(name ?? '');
      if (name === undefined || facts === undefined) return [`${path}: there is no command "warden ${line}"`];
      const inputs = inputsOf(file);
      const hands = env['WARDEN_INPUTS'] === '${{ toJSON(inputs) }}';
      const needs = Object.keys(inputs).length > 0;
      return [
        ...(hands === needs
          ? []
          : [`${path}: WARDEN_INPUTS is ${needs ? 'not ' : ''}handed to warden ${name}`]),
        ...(facts.takesInputs || !needs ? [] : [`${path}: warden ${name} does not take inputs`]),
        ...Object.entries(inputs).flatMap(([input, given]) => inputProblems(input, given, name, facts)),
        ...missing(inputs, name, line, facts),
      ].map((each) => (each.startsWith(path) ? each : `${path}: ${each}`));
    }),
  );
}

type Facts = NonNullable<ReturnType<Commands['get']>>;

function inputProblems(input: string, given: Input, name: string, { command }: Facts): readonly string[] {
  if (input === 'dry_run' && given.default !== true) return ['dry_run is not what a person gets by default'];
  const argument = command.registeredArguments.find((each) => each.name() === input);
  const flag = `--${input.replaceAll('_', '-')}`;
  const option = command.options.find(({ long }) => long === flag);
  const taken = argument ?? option;
  if (taken === undefined) return [`warden ${name} takes no ${input}`];
  const isFlag = option !== undefined && !option.required && !option.optional;
  const type = isFlag ? 'boolean' : taken.argChoices === undefined ? ['string', 'choice'] : 'choice';
  const choices = [...(taken.argChoices ?? given.options ?? [])].sort();
  const offered = (given.options ?? []).filter((each) => each !== '').sort();
  return [
    ...(type.includes(given.type)
      ? []
      : [`${input} is a ${given.type}; warden ${name} takes ${String(type)}`]),
    ...(given.type !== 'choice' || offered.join() === choices.filter((each) => each !== '').join()
      ? []
      : [`${input} offers ${offered.join(', ')}; warden ${name} takes ${choices.join(', ')}`]),
    ...(given.required === true || given.default !== undefined ? [] : [`${input} has no default`]),
  ];
}

function missing(
  inputs: Readonly<Record<string, Input>>,
  name: string,
  line: string,
  { command }: Facts,
): readonly string[] {
  const names = [
    ...command.registeredArguments.map((each) => each.name()),
    ...command.options.flatMap(({ long }) => long ?? []),
  ];
  return names
    .filter((each) => !(each.replace(/^--/, '').replaceAll('-', '_') in inputs))
    .filter((each) => !isLeftOut(name, each) && !line.includes(each))
    .map((each) => `nobody can give ${each} of warden ${name}`);
}

function isLeftOut(name: string, option: string): boolean {
  const shared = name.replace(/ .*/, '');
  return `${name} ${option}` in NOT_INPUTS || `${shared} ${option}` in NOT_INPUTS;
}
