import { readFile } from 'node:fs/promises';
import { defineConfig } from 'vitest/config';

/** These two import JSON in a way that Node 20 refuses, so they are transformed as our own files are. */
const INLINED = /@actions\/(workflow-parser|languageservice)/;

export default defineConfig({
  plugins: [
    {
      // Their source maps point to files that are not shipped, and each would be warned of.
      name: 'no-source-maps-of-libraries',
      enforce: 'pre',
      async load(id) {
        const [path = ''] = id.split('?');
        if (!INLINED.test(path) || !path.endsWith('.js')) return null;
        return (await readFile(path, 'utf8')).replace(/\/\/# sourceMappingURL=.*$/, '');
      },
    },
  ],
  test: {
    pool: 'threads',
    server: { deps: { inline: [INLINED] } },
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
    projects: [
      // The limits only end what hangs: a loaded machine is slow, and no test is about its speed.
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'process',
          include: ['test/**/*.process.ts'],
          isolate: true,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
