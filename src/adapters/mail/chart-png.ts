// A chart as PNG, since mail clients show no SVG: drawn with fonts of the package, so that every machine draws the same.

import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';

/** Sharp where a mail shows it larger, on screens of twice the density. */
const ZOOM = 2.5;

const FONTS = [
  createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
];

/** Returns the PNG of a chart, 2.5 times as wide and high as its SVG says. Throws on what is not SVG: a defect of ours. */
export function chartPng(svg: string): Buffer {
  const font = { loadSystemFonts: false, fontFiles: FONTS, defaultFontFamily: 'DejaVu Sans' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: ZOOM } }).render().asPng();
}
