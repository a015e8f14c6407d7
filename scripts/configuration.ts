// The page docs/configuration.md out of the schemas of the files in config/ and out of these files themselves, which are its examples.

import { DURATION_PATTERN } from '../src/domain/time.ts';

/** What a JSON Schema of `src/domain` uses of JSON Schema. */
interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly if?: Shape;
  readonly then?: Shape;
}

/** The files of config/, in the order of the page, and what each is for. */
const FILES = [
  {
    file: 'warden.yaml',
    about:
      'What Warden supervises, and how strictly. `prices`, `costs` and `model` must be there;\na section that may be left out has all of its defaults then.',
  },
  {
    file: 'kill-list.yaml',
    about:
      'Which strategy classes may enter positions, and the limits at which Warden proposes to stop one: one key for each class. Merging a\nchange is what takes effect ([kill-list-in-force.md](kill-list-in-force.md)). Exits are never refused. Every limit that is set counts; a regime\nthat sets none has those of its class, and a class that sets none has `cvar.default_max_sigma` of warden.yaml.',
  },
  {
    file: 'agents.yaml',
    about:
      'Which agent belongs to which strategy class, and how much capital follows it: one key for each agent. An agent that is not there\nkeeps the class its signals name, else `unknown`, and gets no capital.',
  },
  {
    file: 'pink.yaml',
    about:
      'How PINK trades. Read once, when the runner starts ([runner.md](runner.md)); only `version` and `venue` must be there. A\nduration out of its range is refused, and the range is said.',
  },
] as const;

/** Examples of what the shipped files leave out: file → section, or what the example shows → YAML. */
export const FURTHER_EXAMPLES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'kill-list.yaml': {
    DISABLED: [
      [
        'macro:',
        '  status: DISABLED',
        '  reason: CVaR 95 of the shortfall 5.2 sigma, limit 4.0',
        '  evidence: verdict 3f1c, read by ada',
        '  since: 2026-11-21T10:00:00.000Z',
        '  episode: macro/1',
        '  max_cvar_sigma: 4.0',
        '  by_regime:',
        '    TREND: { max_cvar_sigma: 3.5, max_cvar_error_bps: 2400 }',
      ].join('\n'),
    ],
  },
  'pink.yaml': {
    feed: [
      'feed:\n  kind: scans\n  scans: { path: scans.jsonl, from: end }',
      'feed:\n  kind: candles\n  candles: { dir: candles, speed: 60 }',
      'feed:\n  kind: exchange\n  exchange: { id: bingx, timeframe: 1m, quotes_every: 2s }',
      "feed:\n  kind: hazelcast\n  hazelcast: { cluster: dev, members: ['127.0.0.1:5701'], map: features, key: latest_scan }",
    ],
    runner: ['runner:\n  git: { remote: origin, branch: main, every: 30s }'],
    sinks: [
      "sinks:\n  clickhouse: { url: 'http://127.0.0.1:8123', database: pink }\n  hazelcast: { cluster: dev, members: ['127.0.0.1:5701'] }",
    ],
  },
};

const INTRO = `# Configuration

Everything a person sets is in four files of \`config/\`, and keys and passwords are in the environment ([setup.md](setup.md),
[deploy.md](deploy.md), [deploy-runner.md](deploy-runner.md)). A key that Warden does not know is refused with the nearest one that it does; what is
left out has its default. The shipped files say beside each value why it is what it is.

- *duration*: a number and \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`, as \`30m\`. *bps*: basis points, a hundredth of a percent.
- *must be given*: it has no default. *may be left out*: it has none either, and the meaning says what then holds.
- \`a.b\` is the key \`b\` below the key \`a\`; \`<name>\` is a name that you choose.

This page is made of the schemas that check the files (\`schemas/\`), by \`npm run schemas\`. The first line of each file names its schema
to editors, which then complete and check while you type. Words are in [glossary.md](glossary.md).
`;

/**
 * Returns the text of docs/configuration.md. The same files always give the same bytes.
 * @param schemas - the schema of a file of config/ by its name without `.yaml`
 * @param shipped - the text of a file of config/ by its name
 * @throws where a key has no words for what it means
 */
export function configurationPage(
  schemas: Readonly<Record<string, unknown>>,
  shipped: (file: string) => string,
): string {
  const parts = FILES.map(({ file, about }) => {
    const schema = (schemas[file.replace('.yaml', '')] ?? {}) as Shape;
    return [`## ${file}\n\n${about}\n`, ...sectionsOf(file, schema, shipped(file))].join('\n');
  });
  return [INTRO, ...parts].join('\n');
}

function sectionsOf(file: string, schema: Shape, text: string): readonly string[] {
  const named = onlyPattern(schema);
  const further = FURTHER_EXAMPLES[file] ?? {};
  return named === null ? sectionParts(schema, text, further) : [namedPart(named, text, further)];
}

/** A file whose keys on top are names: one table for what stands below each. */
function namedPart(below: Shape, text: string, further: Readonly<Record<string, readonly string[]>>): string {
  const examples = [firstSection(text), ...Object.values(further).flat()];
  return [table(rowsOf(below, '<name>')), ...examples.map(yamlBlock)].join('\n');
}

function sectionParts(
  schema: Shape,
  text: string,
  further: Readonly<Record<string, readonly string[]>>,
): readonly string[] {
  const properties = Object.entries(schema.properties ?? {});
  const isSection = (one: Shape): boolean => one.properties !== undefined;
  const plain = {
    ...schema,
    properties: Object.fromEntries(properties.filter(([, one]) => !isSection(one))),
  };
  const onTop = Object.keys(plain.properties).map((key) => sectionOf(text, key));
  const sections = properties.filter(([, one]) => isSection(one));
  return [
    [table(rowsOf(plain, '')), yamlBlock(onTop.join('\n'))].join('\n'),
    ...sections.map(([key, one]) => {
      const rows = table(rowsOf(one, ''));
      const examples = [sectionOf(text, key), ...(further[key] ?? [])].filter((yaml) => yaml !== '');
      return [`### ${key}\n`, rows, ...examples.map(yamlBlock)].join('\n');
    }),
  ];
}

type Row = readonly [key: string, takes: string, ifLeftOut: string, meaning: string];

/** One row for each key below a section, and below the sections in it, with the whole way to it as its key. */
function rowsOf(section: Shape, prefix: string): readonly Row[] {
  return Object.entries(section.properties ?? {}).flatMap(([key, one]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const below = onlyPattern(one);
    if (below?.properties !== undefined)
      return [rowOf(path, one, section), ...rowsOf(below, `${path}.<name>`)];
    if (one.properties === undefined) return [rowOf(path, one, section)];
    const isOptional = one.default === null || !(section.required ?? []).includes(key);
    return [...(isOptional ? [rowOf(path, one, section)] : []), ...rowsOf(one, path)];
  });
}

function rowOf(path: string, one: Shape, section: Shape): Row {
  const key = path.slice(path.lastIndexOf('.') + 1);
  return [code(path), takes(one), ifLeftOut(key, one, section), meaning(path, one)];
}

function ifLeftOut(key: string, one: Shape, section: Shape): string {
  if (one.default !== undefined) return code(flowText(one.default));
  if (section.then?.required?.includes(key)) {
    const [condition] = Object.entries(section.if?.properties ?? {});
    return `must be given where ${condition?.[0]} is ${takes(condition?.[1] ?? {})}`;
  }
  return (section.required ?? []).includes(key) ? 'must be given' : 'may be left out';
}

function meaning(path: string, one: Shape): string {
  const own = one.description ?? one.anyOf?.find(({ description }) => description !== undefined)?.description;
  if (own === undefined) throw new Error(`src/domain gives ${path} of config/ no description`);
  return own.replace(/; a number and ms, s, m, h or d, e\.g\. \S+$/, '').replaceAll('<', '\\<');
}

/** What a value may be, in words. */
function takes(one: Shape): string {
  if (one.const !== undefined) return code(flowText(one.const));
  if (one.enum !== undefined) return one.enum.map((word) => code(flowText(word))).join(', ');
  if (one.anyOf !== undefined) return one.anyOf.map(takes).join(' or ');
  const types = [one.type].flat();
  if (types.includes('null') && types.length > 1) return 'section or `null`';
  switch (one.type) {
    case 'null':
      return '`null`';
    case 'boolean':
      return '`true`, `false`';
    case 'number':
      return `number${bounds(one)}`;
    case 'integer':
      return `whole number${bounds(one)}`;
    case 'array':
      return `list of ${howMany(one)}: ${takes(one.items ?? {})}`;
    case 'object':
      return one.properties === undefined ? 'map by name' : 'section';
    default:
      return one.pattern === DURATION_PATTERN ? 'duration' : 'text';
  }
}

function bounds({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Shape): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const ends = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return ends.length === 0 ? '' : ` ${ends.join(', ')}`;
}

function howMany({ minItems = 0, maxItems }: Shape): string {
  if (maxItems !== undefined) return `${minItems} to ${maxItems}`;
  return minItems === 0 ? 'any number' : `${minItems} or more`;
}

/** The one schema of all keys, where others choose their names; else `null`. */
function onlyPattern(one: Shape): Shape | null {
  const [first] = Object.values(one.patternProperties ?? {});
  return first ?? null;
}

/** A value as YAML on one line. */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The lines of a key on top of a YAML text and of everything below it, without comments; empty where it is not there. */
function sectionOf(text: string, key: string): string {
  const lines = withoutComments(text);
  const from = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (from < 0) return '';
  const next = lines.findIndex((line, at) => at > from && /^\S/.test(line));
  return lines.slice(from, next < 0 ? undefined : next).join('\n');
}

function firstSection(text: string): string {
  const [line = ''] = withoutComments(text);
  return sectionOf(text, line.slice(0, line.indexOf(':')));
}

function withoutComments(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#.*$/, ''))
    .filter((line) => line !== '');
}

function table(rows: readonly Row[]): string {
  const head = '| key | takes | if left out | meaning |\n|---|---|---|---|';
  const lines = rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return `${[head, ...lines].join('\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function yamlBlock(yaml: string): string {
  return `\`\`\`yaml\n${yaml}\n\`\`\`\n`;
}
