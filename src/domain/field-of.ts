// A look into a value of which nothing is known yet, as one that was parsed from somebody's JSON or YAML.

/** Returns the field of that name, or `undefined` where the value is no object or does not have it itself. */
export function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}
