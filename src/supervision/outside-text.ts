// Text from outside, in reports, charts and mails: a name stays on its line, says what it seems to say, and is never markup.

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
