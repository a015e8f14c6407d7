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
  const splitter = lineSplitter(bytesMax);
  for await (const chunk of chunks) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last !== null) yield [last];
}

export interface LineSplitter {
  /** Returns the lines that `chunk` completes. */
  push(chunk: Uint8Array): InputLine[];
  /** Returns what is left without a newline, or `null` where nothing is. */
  end(): InputLine | null;
}

/** The same for whoever has the chunks in hand, one after the other. */
export function lineSplitter(bytesMax: number): LineSplitter {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  /** What earlier chunks held of the present line: all of it, or only the head once it is too long. */
  let parts: Uint8Array[] = [];
  let bytes = 0;

  const keep = (part: Uint8Array): void => {
    const room = bytesMax + 1 - bytes;
    bytes += part.length;
    // A copy, because the reader of the stream may reuse the chunk's memory while the rest waits for its newline.
    if (room > 0) parts.push(new Uint8Array(part.subarray(0, room)));
    if (room > 0 && bytes > bytesMax) parts = [headOf(Buffer.concat(parts), bytesMax)];
  };
  const cut = (rest: Uint8Array, isTerminated: boolean): InputLine | null => {
    const isTooLong = bytes + rest.length > bytesMax;
    const content =
      parts.length === 0 ? rest : Buffer.concat([...parts, isTooLong ? headOf(rest, bytesMax) : rest]);
    const line = isTooLong
      ? ({ kind: 'too_long', number, head: headOf(content, bytesMax).toString('utf8') } as const)
      : lineFrom(content, number, isTerminated, decoder);
    [parts, bytes, number] = [[], 0, number + 1];
    return line;
  };
  return {
    push(chunk) {
      const lines: InputLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
        const line = cut(chunk.subarray(from, at), true);
        if (line !== null) lines.push(line);
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
      return lines;
    },
    end: () => (bytes === 0 ? null : cut(new Uint8Array(0), false)),
  };
}

/** Returns `null` for a blank line. */
function lineFrom(
  content: Uint8Array,
  number: number,
  isTerminated: boolean,
  decoder: InstanceType<typeof TextDecoder>,
): InputLine | null {
  let text: string;
  try {
    text = decoder.decode(content).trimEnd();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { kind: 'not_utf8', number, head: headOf(content, HEAD_BYTES).toString('latin1') };
  }
  return text.trimStart() === '' ? null : { kind: 'text', number, text, isTerminated };
}

/** Copied, so that keeping the head does not keep all the memory it was cut from. */
function headOf(content: Uint8Array, bytesMax: number): Buffer {
  return Buffer.from(content.subarray(0, Math.min(HEAD_BYTES, bytesMax)));
}
