import { assertNever } from '#shared/base/assert.ts';
import { AppError } from '#shared/base/errors.ts';
import type { SimulatedAct } from '#shared/contract/admin-rules.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { Policy } from '#shared/model/policy.ts';
import { judge, type Act } from '#shared/policy/decide.ts';
import { parseAddress } from '#shared/policy/network.ts';
import type { RequestContext, Services } from '../context.ts';
import { patched, unknownMember } from './rule-patch.ts';
import type { RuleTrials } from './trials.ts';

/** The act as the gate is asked about it. */
function actOf(act: SimulatedAct): Act {
  switch (act.kind) {
    case 'login':
      return { kind: 'call', access: 'public' };
    case 'resume':
      return { kind: 'resume' };
    case 'use':
      return { kind: 'call', access: 'member', service: act.service };
    case 'administer':
      return { kind: 'call', access: 'administrator' };
    case 'file': {
      const { through, ...file } = act;
      return through === undefined ? file : { ...file, through };
    }
    default:
      return assertNever(act, 'simulated act');
  }
}

/** What would happen to somebody, somewhere, with some version: judged by the very function that the server enforces with. */
export function simulateHandler(
  { database, countryOf }: Pick<Services, 'database' | 'countryOf'>,
  { trials }: { readonly trials: RuleTrials },
): Pick<Handlers<ServerContract, RequestContext>, 'policy.simulate'> {
  return {
    'policy.simulate': async ({ member, kind, clientVersion, address, act, patch }, { tenantId }) => {
      if (parseAddress(address) === null) {
        throw new AppError('invalid', `${address} is not an address`, { details: { reason: 'address_invalid', subject: address } });
      }
      const row = await database.selectFrom('tenants').select('policy').where('id', '=', tenantId).executeTakeFirstOrThrow();
      const saved = Policy.parse(JSON.parse(row.policy));
      const policy = patch === undefined ? saved : await patched(database, tenantId, saved, patch);
      const request = await trials.imaginedRequest(tenantId, { member, kind, clientVersion, address, act: actOf(act) });
      if (request === null) return unknownMember(member);
      const steps = judge(request(policy), policy);
      const denied = steps.find(({ effect }) => effect === 'deny');
      return {
        allowed: denied === undefined,
        reason: denied?.reason ?? null,
        rule: denied?.rule ?? null,
        subject: denied?.subject ?? null,
        country: countryOf(address),
        steps: [...steps],
      };
    },
  };
}
