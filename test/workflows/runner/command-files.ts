// The files by which a step tells GitHub something: variables, folders of programs, outputs and a summary.

import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'] as const;

interface CommandFiles {
  readonly variables: Readonly<Record<(typeof NAMES)[number], string>>;
  /** What the step wrote into them. */
  read(): {
    readonly env: Readonly<Record<string, string>>;
    readonly path: readonly string[];
    readonly outputs: Readonly<Record<string, string>>;
    readonly summary: string;
  };
}

/** Makes new ones for one step, below `folder`. */
export function commandFiles(folder: string): CommandFiles {
  const dir = mkdtempSync(join(folder, 'commands-'));
  const file = (name: string): string => {
    const path = join(dir, name);
    writeFileSync(path, '');
    return path;
  };
  const variables = {
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
  };
  const text = (name: keyof typeof variables): string =>
    existsSync(variables[name]) ? readFileSync(variables[name], 'utf8') : '';
  return {
    variables,
    read: () => ({
      env: pairsOf(text('GITHUB_ENV')),
      path: text('GITHUB_PATH')
        .split('\n')
        .filter((line) => line !== ''),
      outputs: pairsOf(text('GITHUB_OUTPUT')),
      summary: text('GITHUB_STEP_SUMMARY'),
    }),
  };
}

/** `name=value` on one line, or `name<<END`, lines, `END`. */
export function pairsOf(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const long = /^(?<name>[^=]+?)<<(?<end>.+)$/.exec(line)?.groups;
    const short = /^(?<name>[^=]+)=(?<value>.*)$/.exec(line)?.groups;
    if (long !== undefined) {
      const end = lines.indexOf(long['end'] ?? '', at + 1);
      if (end < 0) throw new Error(`the value of ${long['name']} has no end: ${text}`);
      pairs[long['name'] ?? ''] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (short !== undefined) pairs[short['name'] ?? ''] = short['value'] ?? '';
    else if (line !== '') throw new Error(`GitHub does not understand the line "${line}"`);
  }
  return pairs;
}
