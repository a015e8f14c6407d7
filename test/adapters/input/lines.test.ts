// Cutting bytes into lines: any division of the same bytes gives the same lines, and one long line cannot take the memory.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InputLine, linesFrom } from '../../../src/adapters/input/lines.ts';
import { collected } from './collected.ts';

async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function linesOf(chunks: AsyncIterable<Uint8Array>, bytesMax?: number): Promise<InputLine[]> {
  return (await collected(linesFrom(chunks, bytesMax))).flat();
}

function text(number: number, content: string, isTerminated = true): InputLine {
  return { kind: 'text', number, text: content, isTerminated };
}

describe('linesFrom', () => {
  it('counts blank lines without handing them over, and drops carriage returns', async () => {
    const lines = await linesOf(chunksOf('a\r\n\n  \nb\n'));

    expect(lines).toEqual([text(1, 'a'), text(4, 'b')]);
  });

  it('marks a last line without a newline', async () => {
    const lines = await linesOf(chunksOf('a\nb'));

    expect(lines).toEqual([text(1, 'a'), text(2, 'b', false)]);
  });

  it('drops a byte order mark', async () => {
    const lines = await linesOf(chunksOf('\ufeff{"a":1}\n'));

    expect(lines).toEqual([text(1, '{"a":1}')]);
  });

  it('keeps leading blanks, so that columns in messages are those of the line', async () => {
    const lines = await linesOf(chunksOf('  x \n'));

    expect(lines).toEqual([text(1, '  x')]);
  });

  it('names a line that is not UTF-8 instead of replacing its characters', async () => {
    const lines = await linesOf(chunksOf(Uint8Array.of(0x61, 0xff, 0x0a), 'b\n'));

    expect(lines).toEqual([{ kind: 'not_utf8', number: 1, head: 'a\u00ff' }, text(2, 'b')]);
  });

  it('hands over the lines of a chunk together, before it asks for more', async () => {
    const groups = await collected(linesFrom(chunksOf('a\nb\nc', 'd\n')));

    expect(groups.map((group) => group.length)).toEqual([2, 1]);
  });

  it('takes a line of exactly the limit and refuses one byte more', async () => {
    const lines = await linesOf(chunksOf('12345678\n123456789\nok\n'), 8);

    expect(lines).toEqual([
      text(1, '12345678'),
      { kind: 'too_long', number: 2, head: '12345678' },
      text(3, 'ok'),
    ]);
  });

  it('keeps only the head of a line of 64 MiB, and reads on behind it', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x');
    async function* flood(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 64; i++) yield part;
      yield Buffer.from('\nok\n');
    }
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of flood()) {
        yield chunk;
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
      }
    }

    const lines = await linesOf(watched());

    expect(lines).toEqual([{ kind: 'too_long', number: 1, head: 'x'.repeat(2048) }, text(2, 'ok')]);
    expect(peak).toBeLessThan(8 * 1024 * 1024);
  });

  it('does not depend on the reader of the stream leaving its memory alone', async () => {
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const chunk = Buffer.from('ab');
      yield chunk;
      chunk.write('c\n');
      yield chunk;
    }

    const lines = await linesOf(reusing());

    expect(lines).toEqual([text(1, 'abc')]);
  });

  it('gives the same lines however the bytes are divided', async () => {
    const bytes = fc
      .array(fc.constantFrom('a', 'ä', '😀', '\n', '\r\n', '"x"', ' '), { maxLength: 60 })
      .map((parts) => Buffer.from(parts.join('')));
    await fc.assert(
      fc.asyncProperty(bytes, fc.array(fc.nat(80), { maxLength: 8 }), async (content, cuts) => {
        const places = [
          0,
          ...cuts.filter((cut) => cut < content.length).sort((a, b) => a - b),
          content.length,
        ];
        const divided = places.slice(1).map((to, i) => content.subarray(places[i], to));

        const whole = await linesOf(chunksOf(content), 12);
        const parts = await linesOf(chunksOf(...divided), 12);

        expect(parts).toEqual(whole);
      }),
    );
  });
});
