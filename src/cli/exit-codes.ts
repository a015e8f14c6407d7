// What the number a command ends with means: the part of the interface that cron jobs and workflows read.

export const EXIT = {
  done: 0,
  defect: 1,
  inputRejected: 2,
  usage: 3,
  stateRefused: 4,
  lossTooHigh: 5,
  noPrices: 6,
  sideEffectsOwed: 7,
  differs: 8,
  notPushed: 9,
  kernelUnknown: 10,
  venueUnknown: 11,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.done, 'done'],
  [EXIT.defect, 'a defect of Warden; the stack is printed, please report it'],
  [EXIT.inputRejected, 'some input lines were rejected; the good ones are kept'],
  [
    EXIT.usage,
    'wrong usage or configuration, or refused by the kernel; nothing was done, or the last good configuration stayed in force',
  ],
  [EXIT.stateRefused, 'the state was refused: locked by another run, corrupt, or not there'],
  [EXIT.lossTooHigh, 'more settled pairs were lost than prices.max_loss allows'],
  [EXIT.noPrices, 'no price source answered'],
  [EXIT.sideEffectsOwed, 'some side effects are still owed; the next run tries again'],
  [
    EXIT.differs,
    'the state holds other than what the rows and the logs give, or a journal leads to another state',
  ],
  [
    EXIT.notPushed,
    'the state branch could not be read or pushed; nothing was published, the next run starts again',
  ],
  [EXIT.kernelUnknown, 'the kernel could not be reached, or what it did is not known; ask it for its status'],
  [
    EXIT.venueUnknown,
    'the venue could not be asked, something of its answers is not known, or its account is not set up as configured',
  ],
];

/** Returns the section of `--help` that lists the given codes (all by default), one per line. */
export function exitCodesHelp(codes: readonly ExitCode[] = MEANINGS.map(([code]) => code)): string {
  const lines = MEANINGS.filter(([code]) => codes.includes(code)).map(
    ([code, meaning]) => `  ${code}  ${meaning}`,
  );
  return ['Exit codes:', ...lines].join('\n');
}
