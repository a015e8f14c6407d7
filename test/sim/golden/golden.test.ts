// The golden incidents: what went wrong elsewhere, each as one scripted scenario of the kernel, by name.

import { describe, expect, it } from 'vitest';
import { INCIDENTS } from './incidents.ts';

describe('golden incident', () => {
  for (const { name, holds, run } of INCIDENTS) it(`${name}: ${holds}`, run);

  it('has a name of its own, and says what went wrong and what must hold in a sentence each', () => {
    expect(new Set(INCIDENTS.map(({ name }) => name)).size).toBe(INCIDENTS.length);
    for (const { name, wrong, holds } of INCIDENTS) {
      expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(wrong).toMatch(/^[A-Z].*\.$/);
      expect(holds).toMatch(/^[A-Z].*\.$/);
    }
  });
});
