// Screenshots packed again: where few colours are used no pixel changes, and where many are, those of large surfaces do not.

import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { smallPng } from '../../scripts/pictures/small-png.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const [WIDTH, HEIGHT] = [40, 30];

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const made = Buffer.alloc(body.length + 8);
  made.writeUInt32BE(data.length, 0);
  made.set(body, 4);
  made.writeUInt32BE(crc32(body), body.length + 4);
  return made;
}

function png(kind: number, channels: number, rows: (y: number) => readonly number[]): Buffer {
  const head = Buffer.from([0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, kind, 0, 0, 0]);
  const data = Buffer.from(Array.from({ length: HEIGHT }, (_, y) => rows(y)).flat());
  expect(data).toHaveLength((WIDTH * channels + 1) * HEIGHT);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    ...[chunk('IHDR', head), chunk('IDAT', deflateSync(data)), chunk('IEND', Buffer.alloc(0))],
  ]);
}

/** A picture whose rows are filtered by what is to the left, above, or not at all. */
function picture(pixel: (x: number, y: number) => Rgb): Buffer {
  return png(2, 3, (y) => {
    const filter = y % 3;
    const bytes = Array.from({ length: WIDTH }, (_, x) =>
      pixel(x, y).map((byte, channel) => {
        const left = x > 0 ? (pixel(x - 1, y)[channel] ?? 0) : 0;
        const above = y > 0 ? (pixel(x, y - 1)[channel] ?? 0) : 0;
        return (byte - ([0, left, above][filter] ?? 0)) & 255;
      }),
    );
    return [filter, ...bytes.flat()];
  });
}

/** The colours of a picture with a palette, row by row. */
function colorsOf(small: Buffer): Rgb[] {
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < small.length; at += small.readUInt32BE(at) + 12)
    parts.set(
      small.toString('latin1', at + 4, at + 8),
      small.subarray(at + 8, at + 8 + small.readUInt32BE(at)),
    );
  const palette = parts.get('PLTE') ?? Buffer.alloc(0);
  const data = inflateSync(parts.get('IDAT') ?? Buffer.alloc(0));
  return Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const index = (data[Math.floor(at / WIDTH) * (WIDTH + 1) + 1 + (at % WIDTH)] ?? 0) * 3;
    return [palette[index] ?? 0, palette[index + 1] ?? 0, palette[index + 2] ?? 0];
  });
}

function pixelsOf(pixel: (x: number, y: number) => Rgb): Rgb[] {
  return Array.from({ length: WIDTH * HEIGHT }, (_, at) => pixel(at % WIDTH, Math.floor(at / WIDTH)));
}

describe('a screenshot that is packed again', () => {
  const few = (x: number, y: number): Rgb => [x * 6, (y % 5) * 50, 200];
  const many = (x: number, y: number): Rgb =>
    y < 15 ? [255, 255, y < 7 ? 255 : 254] : [x * 6, y * 8, (x + y) * 3];

  it('keeps every pixel of few colours', () => {
    expect(colorsOf(smallPng(picture(few)))).toEqual(pixelsOf(few));
  });

  it('keeps surfaces that differ by little, and the rest nearly, where colours are many', () => {
    const [made, meant] = [colorsOf(smallPng(picture(many))), pixelsOf(many)];
    const off = made.map((color, at) =>
      Math.max(...color.map((byte, n) => Math.abs(byte - (meant[at]?.[n] ?? 0)))),
    );

    expect(new Set(meant.map(String)).size).toBeGreaterThan(256);
    expect(new Set(made.map(String)).size).toBeLessThanOrEqual(256);
    expect(Math.max(...off.slice(0, WIDTH * 15))).toBe(0);
    expect(Math.max(...off)).toBeLessThan(48);
  });

  it('is the same each time', () => {
    expect(smallPng(picture(many))).toEqual(smallPng(picture(many)));
  });

  it('is refused where it could not be kept: see-through, or no PNG', () => {
    const clear = png(6, 4, () => [0, ...Array.from({ length: WIDTH * 4 }, () => 128)]);

    expect(() => smallPng(clear)).toThrow('can be seen through');
    expect(() => smallPng(Buffer.alloc(64))).toThrow('is no PNG');
  });
});
