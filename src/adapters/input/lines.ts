// Cuts a stream of bytes from outside into lines, with a limit on what one line may hold in memory.

import { LINE_BYTES_MAX } from '../state/jsonl.ts';

/** How much of a refused line is kept to recognise it by. */
const HEAD_BYTES = 2048;

const NEWLINE = 0x0a;

/** One line of input. Numbers start at 1 and count blank lines too, so that they match an editor's. */
export type InputLine =
  | {
      readonly kind: 'text';
      readonly number: number;
      readonly text: string;
      /** False only for a last line without a newline, which may have been cut off. */
      readonly isTerminated: boolean;
    }
  | { readonly kind: 'too_long' | 'not_utf8'; readonly number: number; readonly head: string };

/**
 * Yields the lines that each chunk completes, together, so that a reader can act on all that has arrived before it
 * waits for more. Blank lines are left out; a byte order mark and carriage returns are dropped. A longer line than
 * `bytesMax` is no event, and buffering it would let one writer take all memory: only its head is kept.
 *
 * @param chunks - bytes in any division: a line, even a character, may span chunks.
 */
export async function* linesFrom(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number = LINE_BYTES_MAX,
): AsyncGenerator<InputLine[]> {
  const splitter = splitterFor(bytesMax);
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last !== null) yield [last];
}

interface Splitter {
  push(chunk: Uint8Array): InputLine[];
  end(): InputLine | null;
}

function splitterFor(bytesMax: number): Splitter {
  let number = 1;
  let parts: Uint8Array[] = [];
  let bytes = 0;

  /** Keeps the rest of a line; of one that is too long only the head, while its length is still counted. */
  const keep = (part: Uint8Array): void => {
    if (bytes <= bytesMax) {
      const room = Math.max(0, bytesMax + 1 - bytes);
      parts.push(part.length > room ? part.slice(0, room) : part);
    }
    bytes += part.length;
    if (bytes > bytesMax && parts.length > 0) parts = [headOf(parts)];
  };
  const cut = (isTerminated: boolean): InputLine | null => {
    const line = lineFrom(parts, bytes > bytesMax, number, isTerminated);
    [parts, bytes, number] = [[], 0, number + 1];
    return line;
  };
  return {
    push(chunk) {
      const lines: InputLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, at));
        const line = cut(true);
        if (line !== null) lines.push(line);
        from = at + 1;
      }
      // A copy: the reader of the stream may reuse the chunk's memory while the rest waits for its newline.
      if (from < chunk.length) keep(chunk.slice(from));
      return lines;
    },
    end: () => (bytes === 0 ? null : cut(false)),
  };
}

function lineFrom(
  parts: readonly Uint8Array[],
  isTooLong: boolean,
  number: number,
  isTerminated: boolean,
): InputLine | null {
  const content = Buffer.concat(parts);
  if (isTooLong) return { kind: 'too_long', number, head: content.toString('utf8') };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return { kind: 'not_utf8', number, head: headOf(parts).toString('latin1') };
  }
  return text.trim() === '' ? null : { kind: 'text', number, text: text.trimEnd(), isTerminated };
}

function headOf(parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}
