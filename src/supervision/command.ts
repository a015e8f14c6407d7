// Commands in comments: `/warden …` at the beginning of a line, read strictly, with the nearest valid word where one is wrong.

import { REASON_CHARS_MAX } from '../domain/fields.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { DAY_MS, durationMs, HOUR_MS } from '../domain/time.ts';
import { nearest } from '../domain/validate.ts';
import { spokenLines } from './comment-lines.ts';
import { oneLine } from './outside-text.ts';

/** Of one comment; what stands behind is said and not done. */
export const COMMANDS_MAX = 5;
const NAME_CHARS_MAX = 128;
const SNOOZE_MIN_MS = HOUR_MS;
const SNOOZE_MAX_MS = 90 * DAY_MS;

/** Every command with how it is written and what it does, in the order in which help lists them. */
export const COMMANDS = {
  explain: [
    'explain <class or agent>',
    'shows the figures, the limits and the decision, and how to recompute them',
  ],
  simulate: [
    'simulate [class] max_cvar_sigma=3.5',
    'replays what was recorded under other limits; without limits on a pull request: under its own',
  ],
  snooze: ['snooze 7d <reason>', 'closes this proposal and asks again after that time, 1h to 90d'],
  keep: ['keep <reason>', 'closes this proposal for good; nothing is proposed again for its episode'],
  disable: ['disable <class> <reason>', 'opens a pull request that stops the class'],
  rerun: ['rerun', 'checks this pull request again, and publishes what is owed'],
  help: ['help', 'lists the commands'],
} as const satisfies Readonly<Record<string, readonly [usage: string, effect: string]>>;

type Verb = keyof typeof COMMANDS;

/** Limits that `simulate` may set. */
const SIMULATED_LIMITS = ['max_cvar_sigma', 'max_cvar_error_bps'] as const;
type SimulatedLimit = (typeof SIMULATED_LIMITS)[number];

/** One limit under which is replayed; `null`: without it. */
export interface LimitChange {
  readonly limit: SimulatedLimit;
  readonly value: number | null;
}

export type Command =
  | { readonly kind: 'explain'; readonly name: string }
  | {
      readonly kind: 'simulate';
      /** `null`: every class. */
      readonly strategyClass: string | null;
      /** Empty: the limits of the pull request. */
      readonly changes: readonly LimitChange[];
    }
  | { readonly kind: 'snooze'; readonly forMs: number; readonly reason: string }
  | { readonly kind: 'keep'; readonly reason: string }
  | { readonly kind: 'disable'; readonly strategyClass: string; readonly reason: string }
  | { readonly kind: 'rerun' }
  | { readonly kind: 'help' };

export interface CommandLine {
  /** As it was written, on one line. */
  readonly text: string;
  /** The error says what was expected, in one sentence. */
  readonly command: Result<Command, string>;
}

interface ReadCommands {
  readonly lines: readonly CommandLine[];
  /** Commands beyond {@link COMMANDS_MAX}. */
  readonly left: number;
}

const START = /^\/warden(?=\s|$)/i;

/** Reads the commands of a comment: lines that begin with `/warden`, outside quotes, code and what is hidden. */
export function readCommands(comment: string): ReadCommands {
  const lines = spokenLines(comment).filter((line) => START.test(line));
  return {
    lines: lines.slice(0, COMMANDS_MAX).map((line) => ({
      text: oneLine(line.trim()),
      command: commandOf(line.replace(START, '').trim()),
    })),
    left: Math.max(0, lines.length - COMMANDS_MAX),
  };
}

function commandOf(words: string): Result<Command, string> {
  const [verb, rest] = firstWord(words);
  const known = Object.keys(COMMANDS);
  if (verb === '') return ok({ kind: 'help' });
  const found = known.find((each) => each === verb.toLowerCase());
  if (found === undefined) {
    const close = nearest(verb, known);
    const hint = close === null ? `expected one of ${known.join(', ')}` : `did you mean "${close}"?`;
    return err(`there is no command "${shortened(verb)}"; ${hint}`);
  }
  return READERS[found as Verb](rest);
}

const READERS: Readonly<Record<Verb, (rest: string) => Result<Command, string>>> = {
  explain: (rest) => {
    const name = unquoted(rest);
    const problem = nameProblem(name);
    return problem === null ? ok({ kind: 'explain', name }) : err(wrong('explain', problem));
  },
  simulate,
  snooze: (rest) => {
    const [length, words] = firstWord(rest);
    const forMs = durationMs(length);
    if (forMs === null || forMs < SNOOZE_MIN_MS || forMs > SNOOZE_MAX_MS)
      return err(wrong('snooze', `"${shortened(length)}" is no time from 1h to 90d`));
    const reason = reasonOf('snooze', words);
    return reason.ok ? ok({ kind: 'snooze', forMs, reason: reason.value }) : reason;
  },
  keep: (rest) => {
    const reason = reasonOf('keep', rest);
    return reason.ok ? ok({ kind: 'keep', reason: reason.value }) : reason;
  },
  disable: (rest) => {
    const [strategyClass, words] = firstWord(rest);
    const problem = nameProblem(strategyClass);
    if (problem !== null) return err(wrong('disable', problem));
    const reason = reasonOf('disable', words);
    return reason.ok ? ok({ kind: 'disable', strategyClass, reason: reason.value }) : reason;
  },
  rerun: (rest) => bare('rerun', rest),
  help: () => ok({ kind: 'help' }),
};

function bare(kind: 'rerun', rest: string): Result<Command, string> {
  return rest === '' ? ok({ kind }) : err(wrong(kind, `"${shortened(rest)}" is one word too many`));
}

function simulate(rest: string): Result<Command, string> {
  const isSetting = (word: string): boolean => /^[A-Za-z_]+=/.test(word);
  let [word, left] = firstWord(rest);
  let strategyClass: string | null = null;
  if (word !== '' && !isSetting(rest)) {
    const problem = nameProblem(word);
    if (problem !== null) return err(wrong('simulate', problem));
    strategyClass = word;
    [word, left] = firstWord(left);
  }
  const changes: LimitChange[] = [];
  while (word !== '') {
    const change = limitChange(word);
    if (!change.ok) return change;
    if (changes.some(({ limit }) => limit === change.value.limit))
      return err(wrong('simulate', `${change.value.limit} is given twice`));
    changes.push(change.value);
    [word, left] = firstWord(left);
  }
  if (strategyClass !== null && changes.length === 0)
    return err(wrong('simulate', `no limit is given for "${shortened(strategyClass)}"`));
  return ok({ kind: 'simulate', strategyClass, changes });
}

function limitChange(word: string): Result<LimitChange, string> {
  const [key = '', value] = word.split('=', 2);
  const limit = SIMULATED_LIMITS.find((each) => each === key);
  if (limit === undefined || value === undefined) {
    const close = nearest(key, SIMULATED_LIMITS);
    const hint = close === null ? `expected ${SIMULATED_LIMITS.join(' or ')}` : `did you mean "${close}"?`;
    return err(wrong('simulate', `"${shortened(word)}" sets no limit that is known; ${hint}`));
  }
  if (value === 'none') return ok({ limit, value: null });
  const number = /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : 0;
  if (number > 0) return ok({ limit, value: number });
  return err(wrong('simulate', `"${shortened(word)}" is no limit; expected a number above 0, or none`));
}

function reasonOf(verb: 'snooze' | 'keep' | 'disable', words: string): Result<string, string> {
  const reason = oneLine(words).trim();
  if (reason === '') return err(wrong(verb, 'the reason is missing'));
  const length = Array.from(reason).length;
  if (length > REASON_CHARS_MAX || reason.length > REASON_CHARS_MAX)
    return err(wrong(verb, `the reason has ${length} characters; at most ${REASON_CHARS_MAX} are kept`));
  return ok(reason);
}

function wrong(verb: Verb, problem: string): string {
  return `${problem}; it is written /warden ${COMMANDS[verb][0]}`;
}

function nameProblem(name: string): string | null {
  if (name === '') return 'the name is missing';
  if (oneLine(name) !== name) return 'the name holds characters that cannot be seen';
  return Array.from(name).length > NAME_CHARS_MAX ? `a name has at most ${NAME_CHARS_MAX} characters` : null;
}

const QUOTES: Readonly<Record<string, string>> = { '"': '"', "'": "'", '`': '`', '“': '”' };

/** Splits off the first word; one in quotes or backquotes may hold spaces. */
function firstWord(words: string): readonly [word: string, rest: string] {
  const text = words.trimStart();
  const end = QUOTES[text.charAt(0)];
  const closing = end === undefined ? -1 : text.indexOf(end, 1);
  if (closing > 0) return [text.slice(1, closing), text.slice(closing + 1).trim()];
  const space = text.search(/\s/);
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space).trim()];
}

/** A name at the end of a line needs no quotes, and may have them. */
function unquoted(words: string): string {
  const [word, rest] = firstWord(words);
  return rest === '' ? word : words;
}

function shortened(words: string): string {
  const line = oneLine(words);
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
