// The inputs of a workflow that a person started, as words of the command line: an input is the flag, and its value is never another one.

import type { Command, Option } from 'commander';
import { shown } from '../domain/problem.ts';
import { err, ok, type Result } from '../domain/result.ts';

/** Holds `toJSON(inputs)` of the workflow; each input has the name of a flag with _ for -, or of an argument. */
export const INPUTS_VARIABLE = 'WARDEN_INPUTS';

/**
 * Returns the command line with the inputs in it. They stand before what was typed, so that this wins. Empty inputs, and
 * flags that are off, are as if nobody had written them.
 *
 * @param path how many of the words name `command`.
 * @param text the value of {@link INPUTS_VARIABLE}.
 * @returns the error is a sentence with the next step.
 */
export async function withInputs(
  command: Command,
  { argv, path }: { readonly argv: readonly string[]; readonly path: number },
  text: string | undefined,
): Promise<Result<readonly string[], string>> {
  const inputs = inputsFrom(text);
  if (!inputs.ok) return inputs;
  const typed = argv.slice(path);
  const [words, operands]: [string[], string[]] = [[], []];
  for (const [name, value] of inputs.value) {
    const isArgument = command.registeredArguments.some((argument) => argument.name() === name);
    const word = isArgument ? operandFrom(name, value) : await optionFrom(command, name, value);
    if (!word.ok) return word;
    if (word.value !== null) (isArgument ? operands : words).push(word.value);
  }
  const added = hasOperand(command, typed) ? [] : operands;
  return ok([...argv.slice(0, path), ...words, ...added, ...typed]);
}

/** Events that nobody started by hand have no inputs, which the workflow spells as nothing, `null` or `{}`. */
function inputsFrom(text: string | undefined): Result<readonly (readonly [string, unknown])[], string> {
  if (text === undefined || text.trim() === '') return ok([]);
  const expected = `${INPUTS_VARIABLE} holds no JSON object; set it to \${{ toJSON(inputs) }} in the workflow`;
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return ok([]);
    if (typeof value !== 'object' || Array.isArray(value)) return err(expected);
    return ok(Object.entries(value));
  } catch (error) {
    if (error instanceof SyntaxError) return err(expected);
    throw error;
  }
}

/** Name and value are one word, which can only ever be that option. */
async function optionFrom(
  command: Command,
  name: string,
  value: unknown,
): Promise<Result<string | null, string>> {
  const flag = `--${name.replaceAll('_', '-')}`;
  const option = command.options.find(({ long }) => long === flag);
  if (option === undefined) return err(await unknownInput(command, name));
  const text = textFrom(name, value);
  if (!text.ok || text.value === null) return text;
  return takesValue(option) ? valueWord(flag, name, value, text.value) : flagWord(flag, name, text.value);
}

function valueWord(flag: string, name: string, value: unknown, text: string): Result<string | null, string> {
  if (typeof value === 'boolean') return err(`the input ${name} is ${text}; expected the value of ${flag}`);
  return ok(`${flag}=${text}`);
}

/** GitHub hands booleans on as such, and whoever starts a workflow through its API may have written them as text. */
function flagWord(flag: string, name: string, text: string): Result<string | null, string> {
  if (text === 'true') return ok(flag);
  return text === 'false' ? ok(null) : err(`the input ${name} is ${shown(text)}; expected true or false`);
}

/** A file that is called `-x` could be read as an option, whatever is put before it. */
function operandFrom(name: string, value: unknown): Result<string | null, string> {
  const text = textFrom(name, value);
  if (!text.ok || text.value === null) return text;
  if (text.value.startsWith('-'))
    return err(`the input ${name} is ${shown(text.value)}; expected one that does not begin with -`);
  return text;
}

/** `null` where nothing was given. */
function textFrom(name: string, value: unknown): Result<string | null, string> {
  if (value === null || value === '') return ok(null);
  if (typeof value === 'string') return ok(value);
  if (typeof value === 'boolean' || typeof value === 'number') return ok(String(value));
  return err(`the input ${name} is neither text, a number nor a boolean; inputs of workflows are`);
}

async function unknownInput(command: Command, name: string): Promise<string> {
  // Brings the schema library along, which no run needs whose inputs are right.
  const { nearest } = await import('../domain/validate.ts');
  const known = [
    ...command.registeredArguments.map((argument) => argument.name()),
    ...command.options.flatMap(({ long }) => (long == null ? [] : [long.slice(2).replaceAll('-', '_')])),
  ];
  const near = nearest(name, known);
  const meant = near === null ? `expected one of ${known.join(', ')}` : `did you mean ${near}?`;
  return `${INPUTS_VARIABLE} has the input ${shown(name)}, which warden ${fullName(command)} does not take; ${meant}`;
}

function fullName(command: Command): string {
  const parent = command.parent;
  return parent?.parent == null ? command.name() : `${fullName(parent)} ${command.name()}`;
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** Whether one of the words that were typed is an argument, neither an option nor the value of one. */
function hasOperand(command: Command, typed: readonly string[]): boolean {
  let isValue = false;
  for (const [index, word] of typed.entries()) {
    if (isValue) {
      isValue = false;
      continue;
    }
    if (word === '--') return index + 1 < typed.length;
    if (!word.startsWith('-') || word === '-') return true;
    const option = command.options.find(({ long, short }) => word === long || word === short);
    isValue = option?.required === true;
  }
  return false;
}
