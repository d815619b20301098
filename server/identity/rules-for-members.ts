import type { Policy } from '#shared/model/policy.ts';
import { defaultTemplateId } from '#shared/model/rules-reach.ts';

/**
 * The rules as members are told them: enough to explain every refusal. Where the company's networks are, who may come from elsewhere, which
 * countries count, and other people's permission templates are not for everybody: only the server judges by them.
 */
export function rulesForMembers(policy: Policy, templateId: string): Policy {
  const { network, permissions } = policy;
  const templates = permissions.templates.filter(({ id }) => id === templateId || id === defaultTemplateId);
  return { ...policy, network: { ...network, ranges: [], exceptions: [], countries: [] }, permissions: { templates } };
}
