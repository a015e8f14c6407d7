// Entries of maps whose keys are names that somebody else chose: a class may be called `constructor`.

/** Returns the entry of a name, or `undefined` where the map has none of its own; what every object inherits does not count. */
export function entryOf<T>(byName: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(byName, name) ? byName[name] : undefined;
}
