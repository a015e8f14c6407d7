// The shape of the code itself, as functions over the texts of files, so that each rule can be tested on an injected violation.

import { posix } from 'node:path';

/** Path from the root of the repository, with forward slashes → text. */
export type Files = ReadonlyMap<string, string>;

/** Which layers a layer may import. What is not listed has no place in src/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  ports: ['domain'],
  supervision: ['domain', 'supervision'],
  kernel: ['domain', 'kernel'],
  policy: ['domain', 'policy'],
  adapters: ['domain', 'ports', 'kernel', 'adapters'],
  jobs: ['domain', 'ports', 'supervision', 'adapters', 'jobs'],
  site: ['domain', 'ports', 'supervision', 'adapters', 'site'],
  demo: [
    'domain',
    'ports',
    'supervision',
    'policy',
    'kernel',
    'adapters',
    'jobs',
    'site',
    'app',
    'runner',
    'demo',
  ],
  // The libraries for agents: what `warden/emit` and `warden/confidence` export.
  emit: ['domain', 'ports', 'adapters', 'jobs'],
  confidence: ['domain', 'ports', 'adapters'],
  app: ['domain', 'ports', 'supervision', 'adapters', 'jobs', 'app'],
  runner: ['domain', 'ports', 'supervision', 'policy', 'kernel', 'adapters', 'runner'],
  cli: [
    'domain',
    'ports',
    'supervision',
    'policy',
    'kernel',
    'adapters',
    'jobs',
    'site',
    'demo',
    'app',
    'runner',
    'cli',
    'emit',
  ],
};

const PURE_LAYERS = ['domain', 'supervision', 'policy', 'kernel'];

/** Pure parts of layers that are not: the venue that the simulation runs in process. */
const PURE_FOLDERS = ['src/adapters/venues/exchange/model/'];

/** The one pure module of Node that is allowed: hashing. */
const PURE_NODE_MODULES = ['node:crypto'];

const BANNED_IN_PURE: readonly (readonly [word: string, pattern: RegExp])[] = [
  ['async', /\basync\b/],
  ['await', /\bawait\b/],
  ['Promise', /\bPromise\b/],
  ['Date.now', /\bDate\.now\b/],
  ['new Date(', /\bnew Date\(/],
  ['Math.random', /\bMath\.random\b/],
  ['process.', /\bprocess\./],
  ['console.', /\bconsole\./],
  ['performance.', /\bperformance\./],
  ['fetch', /\bfetch\b/],
  ['a timer', /\bset(Timeout|Interval|Immediate)\b/],
  ['hrtime', /\bhrtime\b/],
];

/** The one file that formats instants. */
const MAY_SAY_NEW_DATE = 'src/domain/time.ts';

const SRC_LINES_MAX = 400;
const TEST_LINES_MAX = 600;
const EMPTY_NAMES = /(^|\/)(utils?|helpers?|common|services?|interfaces|types|index)(\/|\.[cm]?[jt]s$)/;
const MACHINE_PATH = /(^|[\s"'`(=:])(\/(home|root|Users|work)\/[A-Za-z0-9._-]|[A-Z]:\\\\?Users)/;

/** Code without its comments. A comment starts at the beginning of a line or after a space, as the formatter writes it. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|\s)\/\*[\s\S]*?\*\//g, '$1').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

/** Every module a file names: static, type-only and dynamic imports, re-exports, and packages that are resolved by name. */
export function importsOf(text: string): readonly string[] {
  const found = withoutComments(text).matchAll(
    /(?:\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.url\)\.resolve\(\s*)(['"])([^'"\n]+)\1/g,
  );
  return [...found].map((match) => match[2] ?? '');
}

function targetOf(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : null;
}

function layerOf(path: string): string | null {
  const parts = /^src\/([^/.]+)(\/|\.ts$)/.exec(path);
  return parts?.[1] ?? null;
}

function inSrc(files: Files): readonly (readonly [path: string, text: string])[] {
  return [...files].filter(([path]) => path.startsWith('src/'));
}

function isCode(path: string): boolean {
  return /\.[cm]?[jt]s$/.test(path);
}

/** Finds imports that point up or sideways, out of src/, or to a folder that is no layer. */
export function layerFindings(files: Files): readonly string[] {
  return inSrc(files).flatMap(([path, text]) => {
    const layer = layerOf(path) ?? '';
    const allowed = MAY_IMPORT[layer];
    if (allowed === undefined) return [`${path}: src/${layer} is no layer`];
    return importsOf(text).flatMap((specifier) => {
      const target = targetOf(path, specifier);
      if (target === null) return [];
      const other = layerOf(target);
      if (other === null) return [`${path}: imports ${target}, which is outside src/`];
      return allowed.includes(other) ? [] : [`${path}: ${layer} must not import ${other} (${target})`];
    });
  });
}

/** Finds circles of imports, type imports included. Each circle is named once, from its first file by name. */
export function cycleFindings(files: Files): readonly string[] {
  const edges = new Map(
    inSrc(files).map(([path, text]) => [
      path,
      importsOf(text).flatMap((specifier) => targetOf(path, specifier) ?? []),
    ]),
  );
  const finished = new Set<string>();
  const findings = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? path);
      const named = [...circle.slice(first), ...circle.slice(0, first)];
      findings.add(`${[...named, named[0]].join(' → ')}: is a circle of imports`);
      return;
    }
    if (finished.has(path)) return;
    for (const target of edges.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of [...edges.keys()].sort()) visit(path, []);
  return [...findings];
}

/** Finds what a pure folder must not say, and modules of Node it must not use. */
export function purityFindings(files: Files): readonly string[] {
  const pure = inSrc(files).filter(
    ([path]) =>
      PURE_LAYERS.includes(layerOf(path) ?? '') || PURE_FOLDERS.some((folder) => path.startsWith(folder)),
  );
  return pure.flatMap(([path, text]) => {
    const code = withoutComments(text);
    const words = BANNED_IN_PURE.filter(
      ([word, pattern]) => pattern.test(code) && !(word === 'new Date(' && path === MAY_SAY_NEW_DATE),
    ).map(([word]) => `${path}: says ${word}, but the folder is pure`);
    const modules = importsOf(text)
      .filter((name) => name.startsWith('node:') && !PURE_NODE_MODULES.includes(name))
      .map((name) => `${path}: imports ${name}, but the folder is pure`);
    return [...words, ...modules];
  });
}

/** What is started, imported by others, or opened in a browser. */
const ENTRIES =
  /^src\/((cli|emit|confidence)|runner\/(status\/page\/main|sinks\/sink-thread)|site\/page\/charts)\.ts$/;

/** Finds files that nothing reaches from the commands, the library, the status page, the scripts, the benchmarks and the examples; ambient types need no import. */
export function deadFindings(files: Files): readonly string[] {
  const open = [...files.keys()].filter(
    (path) => /^(scripts|bench|examples)\//.test(path) || ENTRIES.test(path),
  );
  const reached = new Set<string>();
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = files.get(path);
    if (reached.has(path) || text === undefined) continue;
    reached.add(path);
    for (const specifier of importsOf(text)) {
      const target = targetOf(path, specifier);
      if (target !== null) open.push(target);
    }
  }
  return inSrc(files)
    .filter(([path]) => isCode(path) && !path.endsWith('.d.ts') && !reached.has(path))
    .map(([path]) => `${path}: nothing imports it`);
}

/** Finds files below a folder that are too long, or that do not open with a sentence about themselves. */
export function formFindings(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    if (!isCode(path) || !path.includes('/')) return [];
    const lines = text.replace(/^#!.*\n/, '').split('\n');
    const max = path.startsWith('test/') ? TEST_LINES_MAX : SRC_LINES_MAX;
    const found: string[] = [];
    if (lines.length > max) found.push(`${path}: has ${lines.length} lines, at most ${max} are allowed`);
    const end = lines.findIndex((line) => !line.startsWith('//'));
    const header = lines.slice(0, end).join(' ');
    if (!/^\/\/ \S.{20,}[.:]$/.test(header))
      found.push(`${path}: does not open with a sentence about itself`);
    return found;
  });
}

/** Finds names that say nothing, and files that only hand on the exports of others. */
export function nameFindings(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    if (!isCode(path)) return [];
    const found = EMPTY_NAMES.test(path) ? [`${path}: has a name that says nothing`] : [];
    const isBarrel = /^export\s+(type\s+)?(\*|\{[^}]*\})[^;]*\bfrom\b/m.test(withoutComments(text));
    return isBarrel ? [...found, `${path}: hands on the exports of another file`] : found;
  });
}

/** Finds unfinished work, tests that are switched off or replace modules, and paths of somebody's machine. */
export function textFindings(files: Files): readonly string[] {
  return [...files].flatMap(([path, text]) => {
    const found: string[] = [];
    if (/\b(TODO|FIXME|XXX|HACK)\b/.test(text)) found.push(`${path}: has unfinished work`);
    if (MACHINE_PATH.test(text)) found.push(`${path}: names a path of somebody's machine`);
    if (!path.startsWith('test/')) return found;
    const code = withoutComments(text);
    if (/\bvi\.mock\(/.test(code)) found.push(`${path}: replaces a module; a port is missing`);
    if (/\b(it|test|describe)\.(only|skip|todo)\b/.test(code))
      found.push(`${path}: switches tests on or off`);
    return found;
  });
}

export interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** All optional: absent unless somebody wants them, so that no file may need one to be loaded. */
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

/** Packages that are used without an import: name → the word in the scripts or the tests' configuration that uses them. */
const USED_BY_WORD: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'biome',
  '@vitest/coverage-v8': "provider: 'v8'",
  tsx: 'tsx',
  typescript: 'tsc',
  vitest: 'vitest',
};

/**
 * Finds packages that nothing uses, that are imported but not declared, or that docs/dependencies.md does not list with
 * their version and a reason.
 */
export function dependencyFindings(files: Files, manifest: Manifest, doc: string): readonly string[] {
  const importsIn = (folder: RegExp) =>
    new Set(
      [...files]
        .filter(([path]) => folder.test(path) && isCode(path))
        .flatMap(([, text]) => importsOf(text).map(packageOf)),
    );
  const [runtime, everywhere] = [importsIn(/^src\//), importsIn(/./)];
  const commands = [...Object.values(manifest.scripts), files.get('vitest.config.ts') ?? ''].join('\n');
  const isUsed = (name: string): boolean => {
    if (name in manifest.dependencies) return runtime.has(name);
    const word = USED_BY_WORD[name];
    if (word !== undefined && commands.includes(word)) return true;
    const typed = name.startsWith('@types/') ? name.slice('@types/'.length) : name;
    return (
      everywhere.has(typed) || (typed === 'node' && [...everywhere].some((one) => one.startsWith('node:')))
    );
  };
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const findings = all.flatMap(([name, version]) => [
    ...(isUsed(name) ? [] : [`package.json: nothing uses ${name}`]),
    ...reasonFindings(name, version, doc),
  ]);
  const peers = manifest.peerDependencies ?? {};
  findings.push(...peerFindings(files, peers, manifest.devDependencies));
  for (const name of runtime) {
    const isOurs = name === '' || name.startsWith('node:');
    if (!isOurs && !(name in manifest.dependencies) && !(name in peers))
      findings.push(`package.json: src/ imports ${name}, which is not a dependency`);
  }
  for (const [, name] of doc.matchAll(/^\| `([^`]+)` \|/gm)) {
    if (name !== undefined && !all.some(([known]) => known === name))
      findings.push(`docs/dependencies.md: lists ${name}, which is not in package.json`);
  }
  return findings;
}

/** An optional peer is at hand for the tests in its one version, and src/ imports it by `import()` or as types only. */
function peerFindings(
  files: Files,
  peers: Readonly<Record<string, string>>,
  dev: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(peers).flatMap(([name, version]) => [
    ...(dev[name] === version ? [] : [`package.json: the peer ${name} is no devDependency of ${version}`]),
    ...[...files]
      .filter(([path]) => path.startsWith('src/') && isCode(path))
      .filter(([, text]) =>
        [
          ...withoutComments(text).matchAll(/^\s*import\b(?!\s*\()(?!\s+type\b)[^;]*?['"]([^'"]+)['"]/gm),
        ].some(([, from]) => from !== undefined && packageOf(from) === name),
      )
      .map(([path]) => `${path}: needs ${name}, which may be absent, to be loaded`),
  ]);
}

function reasonFindings(name: string, version: string, doc: string): readonly string[] {
  const row = doc.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
  if (row === undefined) return [`docs/dependencies.md: gives no reason for ${name}`];
  const [, , found, reason] = row.split('|').map((cell) => cell.trim());
  return [
    ...(found === version
      ? []
      : [`docs/dependencies.md: says ${found} for ${name}, package.json ${version}`]),
    ...((reason?.length ?? 0) >= 20 ? [] : [`docs/dependencies.md: gives no reason for ${name}`]),
  ];
}

/** `@scope/name/file` → `@scope/name`, `name/file` → `name`; empty for our own files. */
function packageOf(specifier: string): string {
  if (specifier.startsWith('.')) return '';
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
