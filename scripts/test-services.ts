// `npm run test:services`: runs the sinks and the feed that need a server of somebody else against real ones, and names those it skipped.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { startVitest } from 'vitest/node';

/** Of Maven's local repository. */
const JARS = join(homedir(), '.m2', 'repository', 'com', 'hazelcast', 'hazelcast');

interface Service {
  readonly name: string;
  /** The test file's name. */
  readonly test: 'clickhouse' | 'hazelcast';
  /** The variable that the tests read, and where the server was found; `null`: it is not here. */
  readonly variable: string;
  readonly found: string | null;
  readonly missing: string;
}

const services: readonly Service[] = [
  {
    name: 'ClickHouse, the server',
    test: 'clickhouse',
    variable: 'CLICKHOUSE_SERVER',
    found: process.env['CLICKHOUSE_SERVER'] ?? onPath('clickhouse-server'),
    missing: 'no clickhouse-server on the PATH',
  },
  {
    name: 'ClickHouse, the engine',
    test: 'clickhouse',
    variable: 'CHDB',
    found: canResolve('chdb') ? '1' : null,
    missing: 'no package chdb',
  },
  {
    name: 'Hazelcast',
    test: 'hazelcast',
    variable: 'HAZELCAST_JAR',
    found: onPath('java') === null ? null : (process.env['HAZELCAST_JAR'] ?? newestJar()),
    missing: 'no java on the PATH, or no jar of it',
  },
];

const here = services.filter(({ found }) => found !== null);
for (const { variable, found } of here) process.env[variable] = found ?? '';
const tests = [...new Set(here.map(({ test }) => `test/real-servers/${test}.real.ts`))];
if (tests.length > 0) {
  const vitest = await startVitest('test', tests, {
    config: false,
    watch: false,
    include: ['test/real-servers/*.real.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  });
  await vitest.close();
}
for (const { name, missing, found } of services)
  console.info(
    found === null ? `skipped ${name}: ${missing}; CONTRIBUTING.md says how to get it` : `ran ${name}`,
  );

function onPath(command: string): string | null {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

function canResolve(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

function newestJar(): string | null {
  if (!existsSync(JARS)) return null;
  const jars = readdirSync(JARS)
    .map((version) => join(JARS, version, `hazelcast-${version}.jar`))
    .filter((path) => existsSync(path));
  return jars.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1) ?? null;
}
