// Nominal types: a number or text that only counts as what its maker says it is, checked by the compiler and gone at run time.

declare const meaning: unique symbol;

/** `Base` with a meaning that no other value of the same base has. */
export type Brand<Base, Meaning extends string> = Base & { readonly [meaning]: Meaning };
