import { readFile } from 'node:fs/promises';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These two import JSON in a way that Node 20 refuses, so they are transformed as our own files are. */
const INLINED = /@actions\/(workflow-parser|languageservice)/;

/** A week of jobs takes minutes, and would be waited for alone if it began last, as small files do. */
const LONGEST = 'week.process.ts';

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = (file: TestSpecification): boolean => file.moduleId.endsWith(LONGEST);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

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
    sequence: { sequencer: LongestFirst },
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
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
