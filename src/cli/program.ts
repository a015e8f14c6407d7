// The frame all commands share: common options, help with an example and exit codes, and one way to run and to fail.
// A command is a `register…(frame)` function in a file of its own that imports its job only when it is run.

import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { printable, secretsOf, withoutSecrets } from '../adapters/terminal/log.ts';
import { stackText } from '../domain/causes.ts';
import { ok } from '../domain/result.ts';
import { parseInstant } from '../domain/time.ts';
import {
  type CommandContext,
  type CommonOptions,
  logOf,
  openContext,
  packageVersion,
  STATE_DIR,
} from './context.ts';
import { EXIT, type ExitCode, exitCodesHelp } from './exit-codes.ts';
import { refusalOfError } from './failure.ts';
import type { Host } from './host.ts';
import { INPUTS_VARIABLE, withInputs } from './inputs.ts';
import { type Outcome, refusal } from './outcome.ts';

interface CommandSpec {
  /** Name and arguments, as `ingest <file...>`. */
  readonly usage: string;
  readonly summary: string;
  /** One complete command line that works. */
  readonly example: string;
  /** The codes this command can end with. */
  readonly exitCodes: readonly ExitCode[];
  /** Whether it writes to the state, and so takes `--dry-run`. */
  readonly writes: boolean;
  /** Whether a workflow runs it, and so the inputs of {@link INPUTS_VARIABLE} are its flags; default: no. */
  readonly takesInputs?: boolean;
  /** Whether it knows neither state nor configuration, and no instant but its own; default: it knows them. */
  readonly isStateless?: boolean;
}

/** What a command does: `args` are its arguments as typed, `options` its own and the common options. */
type Handler<Options> = (
  context: CommandContext,
  options: Options & CommonOptions,
  args: readonly string[],
) => Promise<Outcome>;

/** What a register function gets. */
export interface Frame {
  /** Adds a command with the common options; its own options are chained onto what is returned. */
  command(spec: CommandSpec): Command;
  /** Adds a command that only holds others, as `run` of `run reconcile`, and returns the frame of those. */
  group(name: string, summary: string): Frame;
  /** Returns the action of a command. */
  run<Options extends object>(handler: Handler<Options>): (...args: unknown[]) => Promise<void>;
}

export type Register = (frame: Frame) => void;

/**
 * Runs one command line and returns its exit code. Never throws, and never ends the process: output that is still
 * being written would be lost.
 *
 * @param argv - the words after the program's name.
 */
export async function runWarden(
  argv: readonly string[],
  host: Host,
  registers: readonly Register[],
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const takingInputs = new Set<Command>();
  const program = programFrom(host, registers, takingInputs, (code) => {
    exitCode = code;
  });
  const named = commandOf(program, argv);
  const words = takingInputs.has(named.command)
    ? await withInputs(named.command, { argv, path: named.path }, host.env[INPUTS_VARIABLE])
    : ok(argv);
  if (!words.ok) return deliver(refusal(EXIT.usage, words.error), argv.includes('--json'), host);
  try {
    await program.parseAsync([...words.value], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(error, argv.includes('--json'), host);
    if (error.exitCode === 0) return EXIT.done;
    if (argv.includes('--json'))
      writeJson(host, { exit_code: EXIT.usage, error: error.message.replace(/^error: /, '') });
    return EXIT.usage;
  }
}

/** Says on standard error why a command failed, as JSON too where asked for, and returns the exit code of it. */
export function reportFailure(error: unknown, json: boolean, host: Host): ExitCode {
  const refused = refusalOfError(error);
  if (refused !== null) return deliver(refused, json, host);
  logOf(host).error(`this is a defect of Warden, please report it with this text\n${stackText(error)}`);
  if (json) writeJson(host, { exit_code: EXIT.defect, error: String(error) });
  return EXIT.defect;
}

/** Returns the command that the first words name, through its groups, and how many words that takes. */
function commandOf(
  program: Command,
  argv: readonly string[],
): { readonly command: Command; readonly path: number } {
  let command = program;
  for (const [path, word] of argv.entries()) {
    const next = command.commands.find((each) => each.name() === word);
    if (next === undefined) return { command, path };
    command = next;
  }
  return { command, path: argv.length };
}

function programFrom(
  host: Host,
  registers: readonly Register[],
  takingInputs: Set<Command>,
  finish: (exitCode: ExitCode) => void,
): Command {
  const program = new Command('warden')
    .description('Supervises trading strategies: reconciles their signals with prices, trains, judges.')
    .version(packageVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text),
      writeErr: (text) => void host.stderr.write(text),
      // The log makes an annotation of it where people look for what went wrong with a job.
      outputError: (text) => logOf(host).error(text.trimEnd().replace(/^error: /, '')),
    })
    .showHelpAfterError('(see --help)')
    .addHelpText('after', `\n${exitCodesHelp()}`);
  for (const register of registers) register(frameOf(program, host, takingInputs, finish));
  return program;
}

function frameOf(
  program: Command,
  host: Host,
  takingInputs: Set<Command>,
  finish: (exitCode: ExitCode) => void,
): Frame {
  return {
    group: (name, summary) =>
      frameOf(program.command(name).summary(summary).description(`${summary}.`), host, takingInputs, finish),
    command(spec) {
      const command = program.command(spec.usage).summary(spec.summary).description(`${spec.summary}.`);
      if (spec.isStateless !== true) withStateOptions(command);
      command.option('--json', 'one JSON object on standard output and nothing else there');
      if (spec.takesInputs === true) takingInputs.add(command);
      if (spec.writes) command.option('--dry-run', 'do everything except writing');
      const codes = [...spec.exitCodes].sort((a, b) => a - b);
      return command.addHelpText('after', `\nExample:\n  ${spec.example}\n\n${exitCodesHelp(codes)}`);
    },
    run<Options extends object>(handler: Handler<Options>) {
      return async (...args: unknown[]): Promise<void> => {
        const command = args.at(-1);
        if (!(command instanceof Command)) throw new TypeError('commander passes the command last');
        const options = command.opts<Options & CommonOptions>();
        const context = await openContext(command.name(), options, host);
        const outcome = context.ok ? await handler(context.value, options, command.args) : context.error;
        finish(deliver(outcome, options.json === true, host, options.dryRun === true));
      };
    },
  };
}

function withStateOptions(command: Command): void {
  command
    .option('--state <dir>', 'the state folder', STATE_DIR)
    .option('--config <dir>', 'the configuration folder (default: config here, else the one shipped)')
    .option(
      '--now <iso>',
      'work as of this instant, e.g. 2026-11-21T10:00:00Z (default: the clock)',
      instantMs,
    );
}

/** People's words go to standard output, or to standard error where standard output belongs to the JSON object. */
function deliver(outcome: Outcome, json: boolean, host: Host, dryRun = false): ExitCode {
  const { exitCode } = outcome;
  if (outcome.kind === 'refusal') {
    logOf(host).error(outcome.message);
    if (json) writeJson(host, { exit_code: exitCode, error: outcome.message });
    return exitCode;
  }
  const text = dryRun ? `${outcome.text}\ndry run: nothing was written` : outcome.text;
  if (text !== '')
    (json ? host.stderr : host.stdout).write(`${printable(withoutSecrets(text, secretsOf(host.env)))}\n`);
  if (json) writeJson(host, { exit_code: exitCode, ...(dryRun ? { dry_run: true } : {}), ...outcome.json });
  return exitCode;
}

function writeJson(host: Host, value: Readonly<Record<string, unknown>>): void {
  host.stdout.write(`${withoutSecrets(JSON.stringify(value), secretsOf(host.env))}\n`);
}

/** Parses the instant of an option; epoch milliseconds. */
export function instantMs(text: string): number {
  const instant = parseInstant(text);
  if (!instant.ok) throw new InvalidArgumentError(`${instant.error}.`);
  return instant.value;
}
