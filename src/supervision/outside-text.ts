// Text from outside, in reports, charts and mails: a name stays on its line, says what it seems to say, and is never markup.

import { countText } from './report-numbers.ts';

/**
 * Returns `words` on one line: controls, line ends, halves of surrogate pairs and characters that turn the direction of
 * writing or are invisible become `�`, so that a name can neither start a header nor pass itself off as another.
 */
export function oneLine(words: string): string {
  return words.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu, '\ufffd');
}

/** Returns `words` on one line with at most `charsMax` characters, the last of them `…` where something is missing. */
export function cut(words: string, charsMax: number): string {
  const chars = Array.from(oneLine(words));
  return chars.length <= charsMax ? chars.join('') : `${chars.slice(0, charsMax - 1).join('')}…`;
}

/**
 * Returns the first `linesMax` lines of a message, each cut at `charsMax` characters, with how many more there are `where`. A message
 * begins with what went wrong, and the end of a long one is that of a stack.
 */
export function firstLines(
  message: string,
  {
    linesMax,
    charsMax,
    where,
  }: { readonly linesMax: number; readonly charsMax: number; readonly where: string },
): string {
  const lines = message.trim().split(/\r\n|[\r\n]/);
  const shown = lines.slice(0, linesMax).map((line) => cut(line.replaceAll('\t', '  '), charsMax));
  const more = lines.length - shown.length;
  if (more === 0) return shown.join('\n');
  return [...shown, `… and ${countText(more)} more ${more === 1 ? 'line' : 'lines'}, see ${where}`].join(
    '\n',
  );
}

/** Returns `words` on one line, escaped for XML and HTML, attribute values included. */
export function xmlText(words: string): string {
  return oneLine(words)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Returns one word of a command line: quoted where a shell would read more into it than a name. */
export function shellWord(words: string): string {
  const word = oneLine(words);
  return /^[\w./:@%+=,][\w./:@%+=,-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
