// A variable of the environment, where it says anything.

export type Env = Readonly<Record<string, string | undefined>>;

/** Returns the value of a variable without white space around it, or `null` where it is not set or empty. */
export function givenVariable(env: Env, name: string): string | null {
  const value = env[name]?.trim() ?? '';
  return value === '' ? null : value;
}
