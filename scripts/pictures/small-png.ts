// Packs a screenshot again in few bytes: at most 256 colours, of which the frequent ones are exactly those of the screenshot.

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const PALETTE_MAX = 256;
const PALETTE_KIND = 3;

/** Colours are three bytes, red first; rows follow each other. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Returns the picture with a palette. What goes in is as browsers write it: eight bits a channel, opaque, not interlaced. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, rgb } = decoded(png);
  const { colors, indexOf } = paletteOf(rgb);
  const data = new Uint8Array((width + 1) * height);
  for (let at = 0; at < width * height; at += 1) {
    // Each row begins with its filter, which is none.
    data[at + Math.floor(at / width) + 1] = indexOf.get(colorAt(rgb, at * 3)) ?? 0;
  }
  const bytes = Buffer.from(colors.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, PALETTE_KIND, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('PLTE', bytes),
    chunk('IDAT', deflateSync(data, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function* chunksOf(png: Buffer): Generator<readonly [type: string, data: Buffer]> {
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    yield [png.toString('latin1', at + 4, at + 8), png.subarray(at + 8, at + 8 + length)];
    at += 12 + length;
  }
}

function decoded(png: Buffer): Pixels {
  const chunks = [...chunksOf(png)];
  const head = chunks.find(([type]) => type === 'IHDR')?.[1];
  if (head === undefined) throw new Error('the screenshot is no PNG');
  const [width, height, depth, kind, interlaced] = [
    ...[head.readUInt32BE(0), head.readUInt32BE(4)],
    ...[head[8], head[9], head[12]],
  ] as [number, number, number, number, number];
  const channels = { 2: 3, 6: 4 }[kind];
  if (depth !== 8 || channels === undefined || interlaced !== 0)
    throw new Error(`the screenshot is a PNG of another kind: depth ${depth}, colours ${kind}`);
  const data = inflateSync(Buffer.concat(chunks.flatMap(([type, part]) => (type === 'IDAT' ? [part] : []))));
  const rows = unfiltered(data, width * channels, height, channels);
  if (channels === 3) return { width, height, rgb: rows };
  const rgb = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    if (rows[at * 4 + 3] !== 255) throw new Error('the screenshot can be seen through');
    rgb.set(rows.subarray(at * 4, at * 4 + 3), at * 3);
  }
  return { width, height, rgb };
}

/** What a byte is predicted to be, by the byte to its left, the one above, and the one above that to the left. */
const PREDICTED: readonly ((left: number, above: number, corner: number) => number)[] = [
  () => 0,
  (left) => left,
  (_left, above) => above,
  (left, above) => (left + above) >> 1,
  (left, above, corner) => {
    const guess = left + above - corner;
    const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
    if (a <= b && a <= c) return left;
    return b <= c ? above : corner;
  },
];

function unfiltered(data: Uint8Array, stride: number, height: number, step: number): Uint8Array {
  const rows = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const predicted = PREDICTED[data[y * (stride + 1)] ?? 0];
    if (predicted === undefined) throw new Error('the screenshot is a broken PNG');
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x >= step ? (rows[at - step] ?? 0) : 0;
      const above = y > 0 ? (rows[at - stride] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (rows[at - stride - step] ?? 0) : 0;
      rows[at] = (data[y * (stride + 1) + 1 + x] ?? 0) + predicted(left, above, corner);
    }
  }
  return rows;
}

interface Palette {
  readonly colors: readonly number[];
  /** Colour of the screenshot → its place among `colors`. */
  readonly indexOf: ReadonlyMap<number, number>;
}

/** So many of the most frequent colours are kept as they are: surfaces often differ by little. */
const EXACT = 128;

/** Keeps the frequent colours, and of the others so many groups of like ones as there is room for; each colour is shown as its nearest. */
function paletteOf(rgb: Uint8Array): Palette {
  const counts = new Map<number, number>();
  for (let at = 0; at < rgb.length; at += 3) {
    const color = colorAt(rgb, at);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const frequent = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([color]) => color);
  const colors = chosen(frequent);
  return { colors, indexOf: new Map(frequent.map((color) => [color, nearest(colors, color)])) };
}

function chosen(frequent: readonly number[]): readonly number[] {
  for (let lostBits = 0; ; lostBits += 1) {
    const mask = 0x010101 * ((0xff << lostBits) & 0xff);
    const colors = frequent.slice(0, EXACT);
    const groups = new Set(colors.map((color) => color & mask));
    for (const color of frequent.slice(EXACT)) {
      if (!groups.has(color & mask)) colors.push(color);
      groups.add(color & mask);
    }
    if (colors.length <= PALETTE_MAX) return colors;
  }
}

function nearest(colors: readonly number[], color: number): number {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, each] of colors.entries()) {
    const distance = [16, 8, 0].reduce(
      (sum, at) => sum + (((each >> at) & 255) - ((color >> at) & 255)) ** 2,
      0,
    );
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

function colorAt(rgb: Uint8Array, at: number): number {
  return ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const made = Buffer.alloc(body.length + 8);
  made.writeUInt32BE(data.length, 0);
  made.set(body, 4);
  made.writeUInt32BE(crc32(body), body.length + 4);
  return made;
}
