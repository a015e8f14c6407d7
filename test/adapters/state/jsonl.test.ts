// Reading lines: every byte is visited once, wherever windows end, lines are torn or somebody else wrote the line ends.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX, type Line, parseJsonLine, readLines } from '../../../src/adapters/state/jsonl.ts';
import { memoryDisk } from '../../fakes/memory-disk.ts';

const START = { bytes: 0, lines: 0 };

function linesOf(text: string, from = START) {
  const lines: Line[] = [];
  const end = readLines(memoryDisk({ f: text }), 'f', from, (line) => lines.push(line));
  return { lines, texts: lines.map((line) => (line.kind === 'text' ? line.text : 'LONG')), end };
}

describe('readLines', () => {
  it('finds no lines in a file that does not exist', () => {
    const end = readLines(memoryDisk(), 'none', START, () => expect.unreachable());

    expect(end).toEqual({ bytes: 0, lines: 0, tornTail: null, endsWithLineFeed: true });
  });

  it('gives each line its number and its bytes', () => {
    const { lines } = linesOf('{"a":"ü"}\n\n{"b":2}\r\n');

    expect(lines).toEqual([
      { kind: 'text', text: '{"a":"ü"}', number: 1, startByte: 0, endByte: 10 },
      { kind: 'text', text: '{"b":2}', number: 3, startByte: 12, endByte: 19 },
    ]);
  });

  it('tolerates a byte order mark at the beginning of the file', () => {
    expect(linesOf('\uFEFF{"a":1}\n').texts).toEqual(['{"a":1}']);
    expect(linesOf('\uFEFF{"a":1}').texts).toEqual(['{"a":1}']);
  });

  it.each(['{"a":1', '{"a":', '12', '"x', '  ', '{"a":"ü'])(
    'leaves the torn tail %j to the next read',
    (tail) => {
      const { end, texts } = linesOf(`{"first":1}\n${tail}`);

      expect(texts).toEqual(['{"first":1}']);
      expect(end).toEqual({ bytes: 12, lines: 1, tornTail: tail, endsWithLineFeed: true });
    },
  );

  it('visits a last line without line end where it is whole, and does not count its line end later', () => {
    const first = linesOf('{"a":1}\n{"b":2}');

    const second = linesOf('{"a":1}\n{"b":2}\r\n{"c":3}\n', first.end);

    expect(first.texts).toEqual(['{"a":1}', '{"b":2}']);
    expect(first.end).toEqual({ bytes: 15, lines: 2, tornTail: null, endsWithLineFeed: false });
    expect(second.lines).toMatchObject([{ text: '{"c":3}', number: 3, startByte: 17 }]);
  });

  it('passes over a line of 10 MB by its head, reads on, and asks for no more than a window at once', () => {
    const disk = memoryDisk({ f: `{"a":1}\n{"long":"${'é'.repeat(5_000_000)}"}\n{"b":2}\n` });
    let largestRead = 0;
    const watched = {
      ...disk,
      readRange: (path: string, from: number, to: number) => {
        largestRead = Math.max(largestRead, to - from);
        return disk.readRange(path, from, to);
      },
    };
    const lines: Line[] = [];

    readLines(watched, 'f', START, (line) => lines.push(line));

    expect(lines).toMatchObject([
      { number: 1 },
      { kind: 'too_long', number: 2 },
      { text: '{"b":2}', number: 3 },
    ]);
    const head = lines[1]?.kind === 'too_long' ? lines[1].head : '';
    expect(head).toMatch(/^\{"long":"é+$/);
    expect(Buffer.byteLength(head)).toBeGreaterThan(2040);
    expect(largestRead).toBeLessThanOrEqual(LINE_BYTES_MAX + 2);
  });

  it.each(['\n', '\r\n'])(
    'takes a line of exactly the limit and refuses one byte more, with line end %j',
    (lineEnd) => {
      const atLimit = 'x'.repeat(LINE_BYTES_MAX);

      const { lines } = linesOf(`${atLimit}${lineEnd}${atLimit}x${lineEnd}{"b":2}${lineEnd}`);

      expect(lines.map((line) => line.kind)).toEqual(['text', 'too_long', 'text']);
    },
  );

  it('returns the head of a long line that is not finished', () => {
    const { end } = linesOf(`{"a":1}\n${'x'.repeat(3 * LINE_BYTES_MAX)}`);

    expect(end).toMatchObject({ bytes: 8, lines: 1, tornTail: 'x'.repeat(2048) });
  });

  it('keeps characters whole where a window ends inside one', () => {
    const line = `{"a":"${'€'.repeat(1000)}"}`;
    const text = `${line}\n`.repeat(Math.ceil((2.2 * LINE_BYTES_MAX) / Buffer.byteLength(line)));

    const { texts } = linesOf(text);

    expect(new Set(texts)).toEqual(new Set([line]));
    expect(texts.length).toBe(text.split('\n').length - 1);
  });

  it('reads the same lines in one go as in two, wherever the file ended the first time', () => {
    const value = fc.record({ a: fc.string({ unit: 'grapheme' }), n: fc.integer() });
    const lineEnd = fc.constantFrom('\n', '\r\n', '\n\n');

    fc.assert(
      fc.property(fc.array(fc.tuple(value, lineEnd), { minLength: 1 }), fc.nat(), (written, cutSeed) => {
        const bytes = Buffer.from(written.map(([v, end]) => JSON.stringify(v) + end).join(''));
        const cut = cutSeed % (bytes.length + 1);
        const whole: Line[] = [];
        const parts: Line[] = [];
        const disk = memoryDisk();
        const before = {
          ...disk,
          size: () => cut,
          readRange: (_: string, a: number, b: number) => bytes.subarray(a, Math.min(b, cut)),
        };
        const after = {
          ...disk,
          size: () => bytes.length,
          readRange: (_: string, a: number, b: number) => bytes.subarray(a, b),
        };

        readLines(after, 'f', START, (line) => whole.push(line));
        const middle = readLines(before, 'f', START, (line) => parts.push(line));
        const end = readLines(after, 'f', middle, (line) => parts.push(line));

        const texts = written.map(([v]) => JSON.stringify(v));
        expect(whole.map((line) => (line.kind === 'text' ? line.text : null))).toEqual(texts);
        expect(parts).toEqual(whole);
        expect(end.bytes).toBe(bytes.length);
      }),
    );
  });
});

describe('parseJsonLine', () => {
  it('returns the value of a line', () => {
    expect(parseJsonLine('{"a":[1,null]}')).toEqual({ ok: true, value: { a: [1, null] } });
  });

  it.each([
    ['{"a":NaN}', 6, 'NaN is not JSON; write null where a number is unknown'],
    ['{"a":-Infinity}', 6, '-Infinity is not JSON; write null where a number is unknown'],
    ['[1, nan]', 5, 'nan is not JSON; write null where a number is unknown'],
    ['{"a":1', 7, 'the line ends here; expected a comma or }'],
    ['', 1, 'the line ends here; expected a value'],
    ['{"a":1,}', 8, 'found "}"; expected a key in double quotes'],
    ["{'a':1}", 2, 'found "\'"; expected a key in double quotes or }'],
    ['{"a" 1}', 6, 'found "1"; expected a colon'],
    ['[1 2]', 4, 'found "2"; expected a comma or ]'],
    ['[1,]', 4, 'found "]"; expected a value'],
    ['{"a":1}}', 8, 'found "}"; expected the end of the line'],
    ['{"a":1} {"b":2}', 9, 'found "{"; expected the end of the line'],
    ['{"a":True}', 6, 'found "True"; expected a value'],
    ['{"a":01}', 6, 'found "01"; expected a value'],
    ['{"a":"x', 6, 'the string that begins here is not closed, or holds a bad escape or a control character'],
    [
      '{"a":"\\x"}',
      6,
      'the string that begins here is not closed, or holds a bad escape or a control character',
    ],
    ['[}', 2, 'found "}"; expected a value or ]'],
  ])('says where %j stops being JSON', (text, column, message) => {
    expect(parseJsonLine(text)).toEqual({ ok: false, error: { path: `column ${column}`, message } });
  });

  it('finds a place for every text that is not JSON, and stands deep nesting', () => {
    const nearJson = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '}', ',', 'NaN', '\\', ' '))
      .map(([json, seed, noise]) => {
        const at = seed % (json.length + 1);
        return json.slice(0, at) + noise + json.slice(at + 1);
      });

    fc.assert(
      fc.property(nearJson, (text) => {
        const parsed = parseJsonLine(text);
        expect(parsed.ok || /^column \d+$/.test(parsed.error.path)).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(parseJsonLine('['.repeat(100_000))).toMatchObject({ error: { path: 'column 100001' } });
  });
});

const shared =
  process.env['WARDEN_SHARED'] ?? resolve(dirname(fileURLToPath(import.meta.url)), '../../../../shared');
const events2021 = resolve(shared, 'data/events-2021.jsonl');

describe.skipIf(!existsSync(events2021))('readLines on the recorded signals of 2021', () => {
  it('reads what a plain split reads', () => {
    const text = readFileSync(events2021, 'utf8');

    const { texts, end } = linesOf(text);

    expect(texts).toEqual(text.split('\n').filter((line) => line !== ''));
    expect(end.bytes).toBe(Buffer.byteLength(text));
  });
});
