import type { CutOff } from '#shared/contract/admin-rules.ts';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { Denial } from '#shared/model/decision.ts';
import { Policy } from '#shared/model/policy.ts';
import { decide, type CallAct } from '#shared/policy/decide.ts';
import type { AppendAudit, RequestContext, Services } from '../context.ts';
import { patched, requireRights } from './rule-patch.ts';
import type { OpenSession, RuleTrials } from './trials.ts';

/** So many members are named; their number is told in full. */
const mostNamed = 200;

const anything: CallAct = { kind: 'call', access: 'member' };
const services: readonly CallAct[] = [
  { ...anything, service: 'talk' },
  { ...anything, service: 'drive' },
];
/** What a program does by itself: who cannot do one of these any longer is cut off from something. */
const actsOf = ({ kind }: OpenSession): readonly CallAct[] =>
  kind === 'pc-app' ? [anything, ...services, { ...anything, service: 'drive', environment: 'drive-explorer' }] : [anything, ...services];

/** What stops a session under the next rules that the present ones allow, or null. */
function lost(session: OpenSession, now: Policy, next: Policy, here: Here | undefined): Denial | null {
  const before = session.requestUnder(now, anything, here);
  const after = session.requestUnder(next, anything, here);
  for (const act of actsOf(session)) {
    const decision = decide({ ...after, act }, next);
    if (decision.effect === 'deny' && decide({ ...before, act }, now).effect === 'allow') return decision;
  }
  return null;
}
type Here = { readonly address: string; readonly clientVersion: string };

/** NET-08: before rules are saved, who would be stopped by them where they are now, the asker first. */
export function previewHandler(
  { database, countryOf }: Pick<Services, 'database' | 'countryOf'>,
  { audit, trials }: { readonly audit: AppendAudit; readonly trials: RuleTrials },
): Pick<Handlers<ServerContract, RequestContext>, 'policy.preview'> {
  return {
    'policy.preview': async ({ patch }, context) => {
      const { tenantId, session: own, member, address, clientVersion } = context;
      await requireRights(database, audit, context, { action: 'policy.preview', patch });
      const row = await database.selectFrom('tenants').select('policy').where('id', '=', tenantId).executeTakeFirstOrThrow();
      const now = Policy.parse(JSON.parse(row.policy));
      const next = await patched(database, tenantId, now, patch);
      const sessions = await trials.openSessions(tenantId);
      const found = new Map<string, CutOff>();
      for (const session of sessions) {
        const here = session.id === own.id ? { address, clientVersion } : undefined;
        const decision = lost(session, now, next, here);
        if (decision === null) continue;
        const { memberId, memberName: name, kind, deviceName } = session;
        const entry = found.get(memberId) ?? { memberId, name, self: memberId === member.id, sessions: [] };
        const from = here?.address ?? session.address;
        const { reason, rule } = decision;
        entry.sessions.push({ kind, address: from, country: countryOf(from), deviceName, reason, rule });
        found.set(memberId, entry);
      }
      const cutOff = [...found.values()].toSorted((a, b) => Number(b.self) - Number(a.self));
      return {
        cutOff: cutOff.slice(0, mostNamed),
        total: cutOff.length,
        openSessions: sessions.length,
        self: found.has(member.id),
      };
    },
  };
}
