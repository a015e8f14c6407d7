// The pictures of what the demo leaves: the pull request that disables a class, the dashboard, and the report.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Camera } from './camera.ts';

/** How the titles of pages begin. */
const DISABLE = '[AUTO] Disable strategy:';
const DASHBOARD = 'Warden dashboard';

/** Takes them from the pages in a folder of the demo, which are opened as files. */
export async function takeDemo(camera: Camera, folder: string): Promise<void> {
  const pages = join(folder, 'pages');
  const at = (...path: string[]) => ({ url: pathToFileURL(join(pages, ...path)).href });
  const [drawn, reportDrawn] = ['html[data-charts="done"]', 'html[data-charts="drawn"]'];
  const desk = { width: 1200, height: 1100, theme: 'light' } as const;
  const phone = { width: 390, height: 844, scale: 2, theme: 'dark' } as const;
  await camera.take({
    ...desk,
    name: 'disable-pull.png',
    page: at(titled(pages, DISABLE)),
    drawn,
    until: 'figure',
  });
  await camera.take({
    ...desk,
    name: 'dashboard.png',
    page: at(titled(pages, DASHBOARD)),
    only: 'article.comment .bubble',
  });
  await camera.take({
    ...desk,
    name: 'report-class.png',
    page: at('site', 'classes', 'macro.html'),
    drawn: reportDrawn,
  });
  await camera.take({ ...phone, name: 'report-phone.png', page: at('site', 'index.html') });
}

/** The name of the first page whose title begins so. */
function titled(pages: string, start: string): string {
  const found = readdirSync(pages)
    .sort()
    .find(
      (name) => name.endsWith('.html') && readFileSync(join(pages, name), 'utf8').includes(`<title>${start}`),
    );
  if (found === undefined) throw new Error(`no page in ${pages} has a title that begins with "${start}"`);
  return found;
}
