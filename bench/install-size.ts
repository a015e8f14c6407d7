// What Warden weighs where it runs: the packages that `npm ci --omit=dev` brings, and the size of their files.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LARGEST_COUNT = 10;

interface PackageSize {
  /** As it is imported; two versions of one package are two of these. */
  readonly name: string;
  readonly mib: number;
}

export interface InstallSize {
  readonly packages: number;
  /** Named in package.json. */
  readonly direct: number;
  /** Brought by others. */
  readonly transitive: number;
  /** Bytes of all files; what a disk takes for them is more. */
  readonly mib: number;
  /** The largest first. */
  readonly largest: readonly PackageSize[];
}

/**
 * Installs what the lock file says into an empty folder, as a job does, and weighs it. Nothing that a package brings is run.
 *
 * @throws Error where npm cannot install, for want of the registry
 */
export function measureInstall(): InstallSize {
  // npm prints real paths, and a folder of temporary files is a link on some machines.
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'warden-install-')));
  const npm = (...args: string[]): string =>
    execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    for (const name of ['package.json', 'package-lock.json'])
      copyFileSync(join(ROOT, name), join(folder, name));
    npm('ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund');
    const listed = npm('ls', '--omit=dev', '--all', '--parseable').trim().split('\n');
    return installSizeOf(folder, listed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Weighs the packages of one installation.
 *
 * @param root the folder of the package.json that they were installed for
 * @param listed what `npm ls --parseable` prints: the folder of each package, and `root` itself
 */
export function installSizeOf(root: string, listed: readonly string[]): InstallSize {
  const folders = listed.filter((folder) => folder !== root);
  const sizes = folders.map((folder) => ({ name: nameOf(folder), bytes: bytesOf(folder) }));
  const manifest: { dependencies: object } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const direct = folders.filter((folder) => isDirect(root, folder, manifest.dependencies)).length;
  return {
    packages: folders.length,
    direct,
    transitive: folders.length - direct,
    mib: mibOf(sizes.reduce((sum, { bytes }) => sum + bytes, 0)),
    largest: sizes
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, LARGEST_COUNT)
      .map(({ name, bytes }) => ({ name, mib: mibOf(bytes) })),
  };
}

function isDirect(root: string, folder: string, dependencies: object): boolean {
  const path = relative(join(root, 'node_modules'), folder).split(sep).join('/');
  return path in dependencies;
}

/** What stands behind the last `node_modules`. */
function nameOf(folder: string): string {
  return folder.split(`node_modules${sep}`).at(-1)?.split(sep).join('/') ?? folder;
}

/** Bytes of the files of one package, without those of the packages that are installed inside it. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return sum + lstatSync(path).size;
    return entry.name === 'node_modules' ? sum : sum + bytesOf(path);
  }, 0);
}

function mibOf(bytes: number): number {
  return Math.round((bytes / 1024 ** 2) * 10) / 10;
}
