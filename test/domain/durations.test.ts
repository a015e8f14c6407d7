// The schema of a duration: the units that are known, a default, and an example where one is refused.

import Type from 'typebox';
import { expect, it } from 'vitest';
import { duration } from '../../src/domain/durations.ts';
import { validate } from '../../src/domain/validate.ts';

const Section = Type.Object({ wait: duration('7d', 'how long to wait') });

it('a duration is its default where it is left out', () => {
  expect(validate(Section, {})).toEqual({ ok: true, value: { wait: '7d' } });
});

it.each(['0s', '90s', '30m', '24h', '180d', '15ms'])('%s is a duration', (wait) => {
  expect(validate(Section, { wait }).ok).toBe(true);
});

it.each(['', '7', 'd', '1.5h', '-1d', '7 d', '7w', '7D', '1h30m', '7d\n', 7, null])('%j is none', (wait) => {
  const checked = validate(Section, { wait });

  expect(checked.ok).toBe(false);
  expect(checked.ok ? '' : checked.error[0]?.path).toBe('wait');
});

it('says what is meant and shows an example', () => {
  expect(duration('7d', 'how long to wait')).toMatchObject({
    description: 'how long to wait; a number and ms, s, m, h or d, e.g. 7d',
  });
});
