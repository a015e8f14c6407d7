// Finds the place where a text stops being JSON. The engine's own messages differ between versions and rejects are
// kept for good, so the words are ours.

export interface JsonFault {
  /** Character of the line, counted from 1. */
  readonly column: number;
  readonly message: string;
}

type Expected =
  | 'a value'
  | 'a value or ]'
  | 'a key in double quotes'
  | 'a key in double quotes or }'
  | 'a colon'
  | 'a comma or }'
  | 'a comma or ]'
  | 'the end of the line';

const SPACE = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in a string
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y;
const WORD = /[-+\w.$]+/y;
const SHOWN_CHARS_MAX = 24;

/**
 * Returns the first fault of a text that is not JSON (RFC 8259), or `null` where none is found. Python's `NaN` and
 * `Infinity` are named, because they are the usual cause.
 */
export function jsonFault(text: string): JsonFault | null {
  /** The closing brackets that are still owed. */
  const owed: ('}' | ']')[] = [];
  let expected: Expected = 'a value';
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, text, at).length;
    if (at === text.length && expected === 'the end of the line') return null;
    const token = tokenAt(text, at);
    const next = follow(expected, token, owed);
    if (next === null) return { column: at + 1, message: faultMessage(text, at, expected) };
    expected = next;
    at += token.length;
  }
}

/** Returns what may follow `token`, or `null` where the token itself is not allowed. Keeps `owed` up to date. */
function follow(expected: Expected, token: string, owed: ('}' | ']')[]): Expected | null {
  const isOwed = token === owed.at(-1);
  if (expected === 'a colon') return token === ':' ? 'a value' : null;
  if (expected.startsWith('a comma')) {
    if (token === ',') return owed.at(-1) === '}' ? 'a key in double quotes' : 'a value';
    return isOwed ? closed(owed) : null;
  }
  if (expected.endsWith(`or ${token}`) && isOwed) return closed(owed);
  if (expected.startsWith('a key')) return token.startsWith('"') ? 'a colon' : null;
  if (!expected.startsWith('a value')) return null;
  if (token === '{' || token === '[') {
    owed.push(token === '{' ? '}' : ']');
    return token === '{' ? 'a key in double quotes or }' : 'a value or ]';
  }
  return /^["\-\dtfn]/.test(token) ? afterValue(owed) : null;
}

function closed(owed: ('}' | ']')[]): Expected {
  owed.pop();
  return afterValue(owed);
}

function afterValue(owed: readonly ('}' | ']')[]): Expected {
  const last = owed.at(-1);
  return last === undefined ? 'the end of the line' : last === '}' ? 'a comma or }' : 'a comma or ]';
}

/** Returns the token that begins at `at`, or the empty string where there is none. */
function tokenAt(text: string, at: number): string {
  const first = text.charAt(at);
  if ('{}[]:,'.includes(first)) return first;
  if (first === '"') return matchAt(STRING, text, at);
  const number = matchAt(NUMBER, text, at);
  if (number !== '') return number;
  const word = matchAt(WORD, text, at);
  return word === 'true' || word === 'false' || word === 'null' ? word : '';
}

function faultMessage(text: string, at: number, expected: Expected): string {
  const word = matchAt(WORD, text, at).slice(0, SHOWN_CHARS_MAX);
  if (/^[-+]?(?:nan|inf|infinity)$/i.test(word)) {
    return `${word} is not JSON; write null where a number is unknown`;
  }
  if (at >= text.length) return `the line ends here; expected ${expected}`;
  if (text.charAt(at) === '"' && matchAt(STRING, text, at) === '') {
    return 'the string that begins here is not closed, or holds a bad escape or a control character';
  }
  return `found ${JSON.stringify(word === '' ? text.charAt(at) : word)}; expected ${expected}`;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
