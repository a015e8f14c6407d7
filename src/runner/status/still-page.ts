// The status page as files that show one moment of a run, to be opened from a folder or from any web server.

import { assert } from '../../domain/assert.ts';
import { classicScript } from './classic-script.ts';
import type { PageFiles } from './page-files.ts';
import type { LiveMessage } from './runner-view.ts';

const MODULES = '/page/';
const SCRIPT = 'page.js';

/**
 * Returns the files of a page that shows a moment, by name. The moment stands in the page as data that no browser runs, and everything
 * that the page asks for lies beside it.
 */
export function stillPage(files: PageFiles, moment: LiveMessage): ReadonlyMap<string, Buffer> {
  const still = new Map<string, Buffer>();
  const modules = new Map<string, string>();
  for (const [path, { bytes }] of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path.startsWith(MODULES) && name.endsWith('.js')) modules.set(name, bytes.toString('utf8'));
    else if (path !== '/') still.set(name, bytes);
  }
  still.set(SCRIPT, Buffer.from(classicScript(modules, 'main.js')));
  const page = files.get('/')?.bytes.toString('utf8');
  assert(page !== undefined, 'the files of the page hold the page');
  still.set('index.html', Buffer.from(stillHtml(page, moment)));
  return still;
}

function stillHtml(page: string, moment: LiveMessage): string {
  const beside = page.replaceAll(/(href|src)="\/(?:page\/)?([\w.]+)"/g, '$1="$2"');
  const module = '<script src="main.js" type="module"></script>';
  assert(beside.includes(module), 'the page loads one module');
  // A text of the run may hold what ends a script.
  const data = JSON.stringify(moment).replaceAll('<', '\\u003c');
  return beside.replace(
    module,
    () =>
      `<script type="application/json" id="moment">${data}</script>\n    <script src="${SCRIPT}" defer></script>`,
  );
}
