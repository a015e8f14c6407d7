// How much the long tests take: a part that proves the same in less time, or with `npm run test:whole` all of it.

/** Whether they are to take all of it. */
export const IS_WHOLE = process.env['WARDEN_WHOLE'] === '1';
