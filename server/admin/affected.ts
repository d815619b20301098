import { sql } from 'kysely';
import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import { Policy, type ClientKind } from '#shared/model/policy.ts';
import { Environment } from '#shared/model/rights.ts';
import { decide } from '#shared/policy/decide.ts';
import { templateInForce, templateOf } from '#shared/policy/decide-service.ts';
import type { Database, RequestContext, Services } from '../context.ts';
import type { OpenSession, RuleTrials } from './trials.ts';

const dayMs = 86_400_000;
const placeReasons: ReadonlySet<string> = new Set(['network_denied', 'country_denied', 'country_unverified']);

/** Members who are there; everything below counts these alone. */
const present = (database: Database, tenantId: string) =>
  database.selectFrom('members').where('members.tenant_id', '=', tenantId).where('members.state', '!=', 'deleted');
type Present = ReturnType<typeof present>;

const countOf = async (members: Present): Promise<number> =>
  Number((await members.select((select) => select.fn.countAll<number>().as('count')).executeTakeFirstOrThrow()).count);

/** ACC-03: whose password is older than the rule allows. */
const expired = (members: Present, days: number, now: number): Promise<number> =>
  countOf(
    members
      .where('members.password_hash', 'is not', null)
      .where((where) => where(where.fn.coalesce('members.password_set_at', 'members.created_at'), '<=', now - days * dayMs)),
  );

/** ACC-20: who has no second step yet, and sets one up at the next login. */
const withoutSecondStep = (members: Present): Promise<number> =>
  countOf(
    members
      .where('members.email_codes', '=', 0)
      .where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM totp_keys WHERE totp_keys.tenant_id = members.tenant_id AND totp_keys.member_id = members.id AND totp_keys.confirmed_at IS NOT NULL)`,
      )
      .where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM passkeys WHERE passkeys.tenant_id = members.tenant_id AND passkeys.member_id = members.id)`,
      ),
  );

/** ADM-08: whose permission template denies a service somewhere. */
async function limitedByTemplate(members: Present, policy: Policy): Promise<number> {
  const rows = await members
    .leftJoin('posts', (join) => join.onRef('posts.tenant_id', '=', 'members.tenant_id').onRef('posts.id', '=', 'members.user_type_id'))
    .select(['members.template_id', 'posts.template_id as type_template'])
    .execute();
  const all = Environment.options.length;
  return rows.filter((row) => {
    const services = templateOf(templateInForce(row.template_id, row.type_template), policy)?.services;
    return services === undefined || services.talk.length < all || services.drive.length < all;
  }).length;
}

const membersOf = (sessions: readonly OpenSession[]): number => new Set(sessions.map(({ memberId }) => memberId)).size;

/** For each section of the rules, how many people its present setting touches now: what an administrator sees beside the rule. */
export function affectedHandler(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { trials }: { readonly trials: RuleTrials },
): Pick<Handlers<ServerContract, RequestContext>, 'policy.affected'> {
  return {
    'policy.affected': async (_input, { tenantId }) => {
      const row = await database.selectFrom('tenants').select('policy').where('id', '=', tenantId).executeTakeFirstOrThrow();
      const policy = Policy.parse(JSON.parse(row.policy));
      const members = present(database, tenantId);
      const total = await countOf(members);
      const sessions = await trials.openSessions(tenantId);
      const refused = sessions.map((session) => {
        const decision = decide(session.requestUnder(policy, { kind: 'call', access: 'member' }), policy);
        return { session, reason: decision.effect === 'deny' ? decision.reason : null };
      });
      const ofKinds = (...kinds: readonly ClientKind[]): number => membersOf(sessions.filter(({ kind }) => kinds.includes(kind)));
      const stopped = (is: (reason: string) => boolean): number =>
        membersOf(refused.filter(({ reason }) => reason !== null && is(reason)).map(({ session }) => session));
      const { password, twoStep, idleLogout, keepLogin, blockedExtensions } = policy;
      const forbidden: ClientKind[] = [
        ...(keepLogin.pcApp ? [] : (['pc-app'] as const)),
        ...(keepLogin.driveExplorer ? [] : (['drive-explorer'] as const)),
      ];
      const timed: ClientKind[] = [
        ...(idleLogout.browserMinutes === null ? [] : (['browser'] as const)),
        ...(idleLogout.pcAppMinutes === null ? [] : (['pc-app'] as const)),
      ];
      const outdated = stopped((reason) => reason === 'upgrade_required');
      const counts: { readonly [S in keyof Policy]?: number } = {
        password: password.expiryDays === null ? 0 : await expired(members, password.expiryDays, clock.now()),
        twoStep: twoStep.required ? await withoutSecondStep(members) : 0,
        keepLogin: ofKinds(...forbidden),
        idleLogout: ofKinds(...timed),
        network: stopped((reason) => placeReasons.has(reason)),
        versions: outdated,
        minimumVersion: outdated,
        permissions: await limitedByTemplate(members, policy),
        blockedExtensions: blockedExtensions.talk.length + blockedExtensions.drive.length > 0 ? total : 0,
        syncedFolders: ofKinds('pc-app', 'drive-explorer'),
        offlineLeaseHours: ofKinds('pc-app', 'drive-explorer'),
        invitations: await countOf(members.where('members.state', '=', 'waiting')),
      };
      const sections = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, { members: count, note: null }]));
      return { members: total, sections };
    },
  };
}
