// What the documents say to type can be typed: every command and option of Warden in them is one, and so is every script of npm.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/registry.ts';
import { runInMemory } from './cli/memory-host.ts';

const ROOT = join(import.meta.dirname, '..');

const texts = new Map(
  [
    ...readdirSync(ROOT).map((name) => name),
    ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
    'state/README.md',
    'deploy/pink.service',
  ]
    .filter((path) => /\.(md|service)$/.test(path) && path !== 'CHANGELOG.md')
    .map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
);

/** Blocks of a shell, and what stands in code within a sentence, each line without its comment. */
function typed(markdown: string): readonly string[] {
  const blocks = [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const spans = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const lines = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  return [...lines, ...spans].map((line) => line.replace(/(^|\s)#.*$/, ''));
}

/** The words after `warden` of every call in a line, up to the end of the command; quoted text is one word. */
function callsIn(line: string): readonly (readonly string[])[] {
  const plain = line.replaceAll(/'[^']*'|"[^"]*"/g, 'text');
  const calls = plain.matchAll(/(?:npm run -s warden -- |(?:^|[ (])warden |dist\/cli\.js )([a-z][^|;&>)]*)/g);
  const isNamed = (words: string): boolean => !/^(run|kernel) </.test(words);
  return [...calls].flatMap(([, words = '']) => (isNamed(words) ? [words.trim().split(/\s+/)] : []));
}

function helpOf(path: readonly string[]): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  return runInMemory(COMMANDS, [...path, '--help'], { cwd: ROOT });
}

/** Names below `Commands:` of a help. */
function namesIn(help: string): readonly string[] {
  const [, list = ''] = help.split('\nCommands:\n');
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
}

/** Command as it is typed, as `kernel ctl` → its help. */
const helps = new Map<string, string>();
const GROUPS = ['run', 'kernel'];

beforeAll(async () => {
  const { stdout } = await helpOf([]);
  for (const name of namesIn(stdout)) {
    const help = (await helpOf([name])).stdout;
    helps.set(name, help);
    if (!GROUPS.includes(name)) continue;
    for (const below of namesIn(help)) helps.set(`${name} ${below}`, (await helpOf([name, below])).stdout);
  }
});

/** What is wrong with a call, in words; `null` where it can be typed. */
function fault([first = '', second = '', ...rest]: readonly string[]): string | null {
  const isGroup = GROUPS.includes(first);
  const name = isGroup ? `${first} ${second}` : first;
  const help = helps.get(name);
  if (help === undefined) return `there is no command ${name}`;
  const options = [...(isGroup ? [] : [second]), ...rest].filter((word) => word.startsWith('--'));
  const unknown = options
    .map((option) => option.replace(/[=`,.:].*$/, ''))
    .filter((option) => !new RegExp(`${option}[ ,\\n]`).test(help));
  return unknown.length === 0 ? null : `${name} has no ${unknown.join(', ')}`;
}

describe('the documents', () => {
  it('call only commands that there are, with options that they have', () => {
    const calls = [...texts].flatMap(([path, text]) =>
      typed(text).flatMap((line) => callsIn(line).map((call) => ({ path, call }))),
    );
    const wrong = calls.flatMap(({ path, call }) => {
      const words = fault(call);
      return words === null ? [] : [`${path}: warden ${call.join(' ')}: ${words}`];
    });

    expect(wrong).toEqual([]);
    expect(calls.length).toBeGreaterThan(100);
  });

  it('name only scripts of npm that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const named = [...texts].flatMap(([path, text]) =>
      [...text.matchAll(/npm run (?:-s )?([a-z][a-z:-]*[a-z])/g)].map(([, script = '']) => [path, script]),
    );

    expect(named.filter(([, script = '']) => !(script in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  it.each([
    ['warden kernel fly', 'there is no command kernel fly'],
    ['npm run -s warden -- explian macro', 'there is no command explian'],
    ['warden verify --stat x', 'verify has no --stat'],
    ["GITHUB_TOKEN=x warden kernel ctl freeze --raeson 'a | b'", 'kernel ctl has no --raeson'],
  ])('would be blamed for `%s`', (line, words) => {
    expect(callsIn(line).map(fault)).toEqual([words]);
  });

  it('would not be blamed for a command of a comment, a name that is left open, or a pipe', () => {
    expect(callsIn('/warden explain macro')).toEqual([]);
    expect(callsIn('warden run <job>')).toEqual([]);
    expect(callsIn('echo x | npm run -s warden -- emit | head')).toEqual([['emit']]);
  });
});
