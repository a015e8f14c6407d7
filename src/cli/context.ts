// What every command works with, built from the common options: folders, instants, words, and the one disk it may write to.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretsOf, terminalLog } from '../adapters/terminal/log.ts';
import { assert } from '../domain/assert.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Schedule } from '../domain/run.ts';
import { isoFromMs } from '../domain/time.ts';
import type { Clock, Disk, Log, Progress } from '../ports.ts';
import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import { type Refusal, refusal } from './outcome.ts';

/** Where the state is, unless somebody names another folder. */
export const STATE_DIR = 'state/data';

/** The options that commands take, as commander returns them. */
export interface CommonOptions {
  readonly state?: string;
  readonly config?: string;
  /** Epoch milliseconds of `--now`. */
  readonly now?: number;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** The state folder; with `--dry-run` an overlay that forgets what was written. */
interface StateDisks {
  readonly disk: Disk;
  /** The same as it lies in the folder: files of packed months are in their packs, and not files by themselves. */
  readonly loose: Disk;
}

export interface CommandContext extends StateDisks {
  readonly host: Host;
  /** Wall time, for durations and provenance; decisions use `nowMs`. */
  readonly clock: Clock;
  /** The instant the command works as of: `--now`, else when it started. */
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly log: Log;
  readonly progress: Progress;
  readonly stateDir: string;
  readonly configDir: string;
  readonly runId: string;
  readonly codeVersion: string;
  /** The commit the run works on, where the environment says so. */
  readonly commit: string | null;
  /** The line of the workflow that started the run, and when it should have begun; `null` where no schedule did. */
  readonly schedule: Schedule | null;
  readonly json: boolean;
  readonly dryRun: boolean;
}

const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Returns the context of one run of `command`, or the refusal where an option names what does not exist. */
export async function openContext(
  command: string,
  options: CommonOptions,
  host: Host,
): Promise<Result<CommandContext, Refusal>> {
  const configDir = configDirFrom(options.config, host.cwd);
  if (!configDir.ok) return configDir;
  const startedAtMs = host.clock.nowMs();
  const json = options.json === true;
  const dryRun = options.dryRun === true;
  const stateDir = resolve(host.cwd, options.state ?? STATE_DIR);
  if (statSync(stateDir, { throwIfNoEntry: false })?.isDirectory() === false)
    return err(refusal(EXIT.usage, `--state ${options.state}: ${stateDir} is not a folder; name a folder`));
  return ok({
    host,
    clock: host.clock,
    nowMs: options.now ?? startedAtMs,
    startedAtMs,
    log: logOf(host),
    progress: await progressOf(host, json),
    ...(await disksOf(stateDir, dryRun)),
    stateDir,
    configDir: configDir.value,
    runId: `${command}-${isoFromMs(startedAtMs)}-${host.randomHex(4)}`,
    codeVersion: packageVersion(),
    commit: host.env['GITHUB_SHA'] ?? null,
    schedule: null,
    json,
    dryRun,
  });
}

/** Returns the log of a run on `host`: annotations inside GitHub Actions, and never a secret of the environment. */
export function logOf(host: Host): Log {
  return terminalLog({
    sink: host.stderr,
    annotate: host.env['GITHUB_ACTIONS'] === 'true',
    secrets: secretsOf(host.env),
  });
}

/** Returns the version of this package, as `0.1.0`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(resolve(PACKAGE_ROOT, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  assert(typeof version === 'string', 'package.json has a version');
  return version;
}

/** A folder that was named must exist; otherwise `config` beside the user, and then the one shipped with the package. */
function configDirFrom(given: string | undefined, cwd: string): Result<string, Refusal> {
  if (given === undefined) {
    const own = resolve(cwd, 'config');
    return ok(existsSync(own) ? own : resolve(PACKAGE_ROOT, 'config'));
  }
  return folderOption(
    '--config',
    given,
    cwd,
    'name the folder that holds the configuration, as warden.yaml or pink.yaml',
  );
}

/** Returns the absolute path of a folder that `option` names, or the refusal with `nextStep` where it is none. */
export function folderOption(
  option: string,
  given: string,
  cwd: string,
  nextStep: string,
): Result<string, Refusal> {
  const dir = resolve(cwd, given);
  const stats = statSync(dir, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return ok(dir);
  const fault = stats === undefined ? `there is no folder ${dir}` : `${dir} is not a folder`;
  return err(refusal(EXIT.usage, `${option} ${given}: ${fault}; ${nextStep}`));
}

async function progressOf(host: Host, json: boolean): Promise<Progress> {
  const { barProgress, lineProgress, silentProgress } = await import('../adapters/terminal/progress.ts');
  if (json) return silentProgress;
  return host.stderr.isTTY === true ? barProgress(host.stderr) : lineProgress(host.stderr);
}

async function disksOf(stateDir: string, dryRun: boolean): Promise<StateDisks> {
  if (!dryRun) return await stateDisks(stateDir);
  const { overlayDisk } = await import('../adapters/state/overlay-disk.ts');
  return await stateDisks(stateDir, 'all', overlayDisk);
}

/**
 * Returns the files of a state folder, those of packed months too.
 *
 * @param folders what is mounted of it; asking for anything else is a defect.
 * @param layer what every read and write goes through.
 */
export async function stateDisks(
  stateDir: string,
  folders: readonly string[] | 'all' = 'all',
  layer: (disk: Disk) => Disk = (disk) => disk,
): Promise<StateDisks> {
  const { nodeDisk } = await import('../adapters/state/node-disk.ts');
  const { mountedDisk } = await import('../adapters/state/mounted-disk.ts');
  const { packedDisk } = await import('../adapters/state/packed-disk.ts');
  const loose = layer(mountedDisk(nodeDisk(stateDir), folders));
  return { loose, disk: packedDisk(loose) };
}
