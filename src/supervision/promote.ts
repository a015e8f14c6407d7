// Whether an agent has earned to trade: every gate by name, and whether all that decide pass.

import type { AgentPromotion, Stage } from '../domain/supervisor.ts';
import { decidingGates, type PromotionEvidence, shownGates } from './promotion-gates.ts';
import type { SupervisorRules } from './supervisor-rules.ts';

/**
 * Returns the gates of one agent, those that decide first, each with what was measured. What is unknown does not pass. A live
 * agent is measured by the same gates, so that a person sees whether it would be promoted again.
 */
export function promotionOf(
  stage: Stage,
  evidence: PromotionEvidence,
  rules: Pick<SupervisorRules, 'promotion'>,
): AgentPromotion {
  const deciding = decidingGates(evidence, rules.promotion);
  const eligible = Object.values(deciding).every(({ pass }) => pass);
  return { stage, eligible, gates: { ...deciding, ...shownGates(evidence, rules.promotion) } };
}
