import type { Handlers } from '#shared/contract/operation.ts';
import type { AdminRulesContract } from '#shared/contract/admin-rules.ts';
import type { RequestContext, Services } from '../context.ts';
import { affectedHandler } from './affected.ts';
import { ruleChanges, type RuleChangeOptions } from './change-rules.ts';
import { previewHandler } from './preview.ts';
import { simulateHandler } from './simulate.ts';

/** A tenant's rules: reading, changing, trying and explaining them. */
export function adminHandlers(
  services: Pick<Services, 'database' | 'bus' | 'clock' | 'countryOf'>,
  options: RuleChangeOptions,
): Handlers<AdminRulesContract, RequestContext> {
  return {
    ...ruleChanges(services, options),
    ...previewHandler(services, options),
    ...simulateHandler(services, options),
    ...affectedHandler(services, options),
  };
}
