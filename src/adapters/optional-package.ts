// Packages that only some need, and that are therefore not installed with Warden: imported when they are wanted, or said to be missing.

import { err, ok, type Result } from '../domain/result.ts';

/** The versions that this product is tested with; `package.json` names the same, which a test compares. */
const VERSIONS = { '@clickhouse/client': '1.23.1', 'hazelcast-client': '5.6.0' } as const;

/**
 * Imports a package that may be absent.
 *
 * @param wantedBy the key of the configuration that asks for it, as `sinks.clickhouse`.
 * @param load the import itself; every other failure than the absence of the package goes through.
 * @returns the package, or how to install it.
 */
export async function loadOptional<Package>(
  name: keyof typeof VERSIONS,
  wantedBy: string,
  load: () => Promise<Package>,
): Promise<Result<Package, string>> {
  try {
    return ok(await load());
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    return err(
      `${wantedBy} needs the package ${name}@${VERSIONS[name]}, which is not installed; in a checkout of Warden run npm ci without --omit=dev`,
    );
  }
}

/** Whether it is this very package that was not found, and not one that it needs itself. */
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  const isAbsent = error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
  return isAbsent && error.message.includes(`'${name}'`);
}
