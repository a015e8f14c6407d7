import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These two import JSON in a way that Node 20 refuses, so they are transformed as our own files are. */
const INLINED = /@actions\/(workflow-parser|languageservice)/;

/** Would be waited for alone if they began last, as small files do. */
const LONGEST = ['closed-loop', 'week', 'race', 'jobs', 'run', 'killed-runner', 'growth', 'state-worktree'];

/** Begin many gits. A process is begun as a copy of its parent, which takes the longer the more the parent has in memory. */
const OF_GIT =
  /\/test\/(adapters\/git|demo|workflows|cli\/(doctor|explain-at|publish-github|run)|jobs\/[a-z-]+-at-local|runner\/lists\/git)/;

/**
 * Files of processes first, the longest of them before all. The others come after one another, since a worker keeps the modules that it
 * has loaded as long as its next file is of the same project; they are short, so that in the end no worker waits long for the other.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification): number => {
      if (project.name !== 'process') return LONGEST.length + (OF_GIT.test(moduleId) ? 1 : 2);
      const place = LONGEST.indexOf(basename(moduleId, '.process.ts'));
      return place === -1 ? LONGEST.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
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
    pool: 'forks',
    globalSetup: ['test/one-folder.ts'],
    setupFiles: ['test/no-sync.ts'],
    // Nobody cuts the power of a git either.
    env: { GIT_TEST_FSYNC: '0' },
    server: { deps: { inline: [INLINED] } },
    maxWorkers: 2,
    // A worker that has run hundreds of files takes a while to end.
    teardownTimeout: 60_000,
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
