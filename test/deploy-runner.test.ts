// What ships for the service is true: its unit starts a command that exists, waits as long as the runner may take, and keeps keys apart.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Pink } from '../src/domain/pink-settings.ts';
import { checkedDurationMs } from '../src/domain/time.ts';
import { validate } from '../src/domain/validate.ts';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const UNIT = read('deploy/pink.service');
const ENV = read('deploy/pink.env.example');
const PAGE = read('docs/deploy-runner.md');

/** Every value of a setting of the unit, in its order. */
function valuesOf(name: string): readonly string[] {
  return UNIT.split('\n')
    .filter((line) => line.startsWith(`${name}=`))
    .map((line) => line.slice(name.length + 1));
}

function sourceText(): string {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(`src/${path}`))
    .join('\n');
}

const runnerDefaults = () => {
  const pink = validate(Pink, { version: 1, venue: { symbols: ['BTC-USDT'] } });
  if (!pink.ok) throw new Error(JSON.stringify(pink.error));
  return pink.value.runner;
};

describe('deploy/pink.service', () => {
  it('starts the runner with options that it has', () => {
    const [start = ''] = valuesOf('ExecStart');
    expect(start).toMatch(/^\/usr\/bin\/node \/opt\/warden\/dist\/cli\.js kernel run /);
    const cli = readdirSync(join(ROOT, 'src/cli'))
      .map((name) => read(`src/cli/${name}`))
      .join('\n');
    const options = start.match(/--[a-z-]+/g) ?? [];
    expect(options).toEqual(['--config', '--data', '--state']);
    for (const option of options) expect(cli).toContain(`'${option} <`);
  });

  it('keeps what the runner writes in the folder that is made for it', () => {
    const [start = ''] = valuesOf('ExecStart');
    expect(valuesOf('StateDirectory')).toEqual(['pink']);
    expect(start).toContain('--data /var/lib/pink ');
    expect(start).toMatch(/--state \/var\/lib\/pink\/\S+$/);
    expect(sourceText()).toContain(`'/run/${valuesOf('RuntimeDirectory')[0]}/control.sock'`);
  });

  it('waits longer for a stop than the runner may take, and less long for a sign of life than for a start', () => {
    const [stopS = 0, watchdogS = 0, startS = 0] = ['TimeoutStopSec', 'WatchdogSec', 'TimeoutStartSec'].map(
      (name) => Number(valuesOf(name)[0]),
    );
    expect(stopS * 1_000).toBeGreaterThanOrEqual(checkedDurationMs(runnerDefaults().stop_within) + 15_000);
    expect(watchdogS).toBeGreaterThanOrEqual(30);
    expect(startS).toBeGreaterThan(watchdogS);
    expect([valuesOf('Type'), valuesOf('NotifyAccess')]).toEqual([['notify'], ['all']]);
  });

  it('lets neither a core file nor the settings of the unit hold a key', () => {
    expect(valuesOf('LimitCORE')).toEqual(['0']);
    expect(valuesOf('EnvironmentFile')).toEqual(['/etc/pink/pink.env']);
    expect(valuesOf('Environment').join(' ')).not.toMatch(/KEY|SECRET|TOKEN|PASSWORD|PINK_LIVE/);
  });

  it('leaves the engine its machine code, and the runner its network and its children', () => {
    expect(valuesOf('MemoryDenyWriteExecute')).toEqual(['false']);
    expect(valuesOf('RestrictAddressFamilies')).toEqual(['AF_UNIX AF_INET AF_INET6']);
    expect(valuesOf('SystemCallFilter')[0]).toContain('@system-service');
  });
});

describe('deploy/pink.env.example', () => {
  const names = [...ENV.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => ({ name, value }));

  it('names variables that the program reads, each once and none with a value', () => {
    const source = sourceText();
    expect(names.length).toBeGreaterThan(3);
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
    for (const { name, value } of names) {
      expect(source, name).toContain(name);
      expect(value, name).toBe('');
    }
  });

  it('names every secret of the runner', () => {
    const secrets = new Set(sourceText().match(/\b(?:BINGX|PINK)_[A-Z_]*(?:KEY|SECRET|TOKEN|PASSWORD)\b/g));
    expect(names.map(({ name }) => name)).toEqual(expect.arrayContaining([...secrets]));
  });
});

describe('docs/deploy-runner.md', () => {
  it('has the owners and modes of the unit', () => {
    expect(PAGE).toContain(`| \`/var/lib/pink\` | pink, ${valuesOf('StateDirectoryMode')[0]} |`);
    expect(PAGE).toContain(`in a folder of ${valuesOf('RuntimeDirectoryMode')[0]} |`);
    for (const code of (valuesOf('RestartPreventExitStatus')[0] ?? '').split(' '))
      expect(PAGE).toContain(`| exit code ${code}:`);
    expect(PAGE).toContain(`for ${valuesOf('WatchdogSec')[0]} s (\`WatchdogSec\`)`);
    expect(PAGE).toContain(`begins again after ${valuesOf('RestartSec')[0]} s`);
  });
});
