import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'threads',
    // These two import JSON in a way that Node 20 refuses.
    server: { deps: { inline: [/@actions\/(workflow-parser|languageservice)/] } },
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
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
