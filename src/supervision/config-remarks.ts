// What is not wrong in a configuration and still worth a second look: names that do not meet, and files that nobody reads.

import type { AgentRegistry } from '../domain/config.ts';
import type { ChangedFile } from '../domain/github.ts';
import type { KillList } from '../domain/kill-list.ts';
import { AGENTS_FILE, CONFIG_FOLDER, KILL_LIST_FILE, WARDEN_FILE } from '../domain/proposal.ts';
import { nearest } from '../domain/validate.ts';
import type { Remark } from './annotations.ts';

/** Where a dotted path stands in a file of the pull request, or `null` where the file is not part of it. */
export type PlaceOf = (file: string, path: string) => Remark['place'];

const KNOWN_FILES = [WARDEN_FILE, AGENTS_FILE, KILL_LIST_FILE];
/** The kernel's own file; what it may say comes with the kernel. */
const KERNEL_FILE = `${CONFIG_FOLDER}/pink.yaml`;

/** Returns the files of the configuration folder that Warden does not read although they look as if it did. */
export function fileRemarks(files: readonly ChangedFile[]): Remark[] {
  return files.flatMap(({ path, status }) => {
    const isRead = KNOWN_FILES.includes(path);
    const isConfig = path.startsWith(`${CONFIG_FOLDER}/`) && /\.(ya?ml|json)$/i.test(path);
    if (isRead || !isConfig || status === 'removed') return [];
    const close = nearest(path, KNOWN_FILES);
    const message =
      path === KERNEL_FILE
        ? 'this check does not know this file: nothing in it was checked'
        : `Warden reads no such file${close === null ? `; it reads ${KNOWN_FILES.join(', ')}` : `; did you mean ${close}?`}`;
    return [{ file: path, place: null, path: '', message, level: 'notice' }];
  });
}

interface NamedConfig {
  readonly agents: AgentRegistry;
  readonly killList: KillList;
}

/**
 * Returns the classes that stand in one file and not in the other, as warnings: one is often the other, misspelled.
 *
 * @param recorded classes of which anything was recorded; `null` where no state is known
 * @param touched which of the files are part of the change: the others are not remarked on
 */
export function nameRemarks(
  { agents, killList }: NamedConfig,
  recorded: readonly string[] | null,
  touched: ReadonlySet<string>,
  placeOf: PlaceOf,
): Remark[] {
  const listed = Object.keys(killList);
  const ofAgents = [...new Set(Object.values(agents).map(({ strategy_class }) => strategy_class))];
  const unlisted = Object.entries(agents)
    .filter(([, { strategy_class }]) => !Object.hasOwn(killList, strategy_class))
    .map(([agent, { strategy_class }]): Remark => {
      const path = `${agent}.strategy_class`;
      const message = `${KILL_LIST_FILE} has no class ${JSON.stringify(strategy_class)}, so the default limit applies to it${asked(strategy_class, listed)}`;
      return { file: AGENTS_FILE, place: placeOf(AGENTS_FILE, path), path, message, level: 'warning' };
    });
  const used = new Set([...ofAgents, ...(recorded ?? [])]);
  const unused = listed
    .filter((name) => !used.has(name))
    .map((name): Remark => {
      const whose =
        recorded === null
          ? 'no agent is of this class'
          : 'no agent is of this class and nothing was recorded of it';
      const message = `${whose}${asked(name, [...used]) || '; is it spelled so?'}`;
      return {
        file: KILL_LIST_FILE,
        place: placeOf(KILL_LIST_FILE, name),
        path: name,
        message,
        level: 'warning',
      };
    });
  return [...unlisted, ...unused].filter(({ file }) => touched.has(file));
}

function asked(name: string, known: readonly string[]): string {
  const close = nearest(
    name,
    known.filter((each) => each !== name),
  );
  return close === null ? '' : `; did you mean ${JSON.stringify(close)}?`;
}
