// Types of the two functions that are used of jstat, which ships none.

declare module 'jstat' {
  const jstat: {
    /** The regularised incomplete beta function; `false` for `x` outside `[0, 1]`. */
    ibeta(x: number, a: number, b: number): number | false;
    /** The error function. */
    erf(x: number): number;
  };
  export = jstat;
}
