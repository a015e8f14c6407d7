// Types of the one function that is used of jstat, which ships none.

declare module 'jstat' {
  const jstat: {
    /** The regularised incomplete beta function; `false` for `x` outside `[0, 1]`. */
    ibeta(x: number, a: number, b: number): number | false;
  };
  export = jstat;
}
