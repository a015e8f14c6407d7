// What a mutant is: one fault, put into the text of the program by an exact replacement, that the simulation has to find.

export interface Mutant {
  readonly name: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What the program then does wrong. */
  readonly why: string;
}

/**
 * Returns the text of a file with the fault in it.
 *
 * @throws Error unless there is exactly one place for it: the program has changed, and the mutant has to follow.
 */
export function mutated(text: string, mutant: Mutant): string {
  const places = text.split(mutant.find).length - 1;
  if (places !== 1) throw new Error(`${mutant.name}: ${places} places in ${mutant.file}, expected 1`);
  return text.replace(mutant.find, () => mutant.replace);
}

/** Returns the mutants that no longer fit the program, each with how many places it has. */
export function unfitting(mutants: readonly Mutant[], textOf: (file: string) => string): readonly string[] {
  return mutants.flatMap((mutant) => {
    const text = textOf(mutant.file);
    try {
      return mutated(text, mutant) === text ? [`${mutant.name}: changes nothing in ${mutant.file}`] : [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
}
