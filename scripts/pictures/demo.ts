// The pictures of what the demo leaves: the pull request that disables a class, the dashboard, and the report.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Camera } from './camera.ts';

/** How the title of the page begins on which the pull request stands. */
const DISABLE = '<title>[AUTO] Disable strategy:';

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
    page: at(disablePull(pages)),
    drawn,
    until: 'figure',
  });
  await camera.take({
    ...desk,
    name: 'dashboard.png',
    page: at('dashboard.html'),
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

function disablePull(pages: string): string {
  const found = readdirSync(pages).find(
    (name) => /^pull-\d+\.html$/.test(name) && readFileSync(join(pages, name), 'utf8').includes(DISABLE),
  );
  if (found === undefined) throw new Error(`no page in ${pages} shows a pull request that disables a class`);
  return found;
}
