// Whether an agent has earned to trade: every gate by name, and whether all that decide pass.

import type { AgentPromotion, Stage } from '../domain/supervisor.ts';
import { decidingGates, type PromotionEvidence, type PromotionRules } from './promotion-gates.ts';
import { shownGates } from './shown-gates.ts';

/**
 * Returns the gates of one agent, those that decide first, each with what was measured. What is unknown does not pass. A live
 * agent is measured by the same gates, so that a person sees whether it would be promoted again.
 */
export function promotionOf(
  stage: Stage,
  evidence: PromotionEvidence,
  rules: PromotionRules,
): AgentPromotion {
  const deciding = decidingGates(evidence, rules);
  const eligible = Object.values(deciding).every(({ pass }) => pass);
  return { stage, eligible, gates: { ...deciding, ...shownGates(evidence, rules) } };
}
