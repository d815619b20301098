import { AppError, reasonOf } from '#shared/base/errors.ts';
import { judgeReceipt } from '../content/judge.ts';
import type { PublicContext, RequestContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import type { LinkAccesses, Opener } from './accesses.ts';
import type { LinkBrowsers } from './browsers.ts';
import { linkedNode, type LinkedNode } from './linked-node.ts';
import { hashToken } from './secrets.ts';
import { allowedScopes, endOf, type LinkRow } from './standing.ts';

/** A link that works now, whoever stands before it. */
export interface LiveLink {
  readonly link: LinkRow;
  readonly company: string;
  readonly sharedBy: string;
  readonly expiresAt: number | null;
  /** What it leads to, as its maker stands to it: nothing that they may not see any more is reached through their link. */
  readonly target: LinkedNode;
  /** Its maker, as handlers know who asks. Links act in their name and never further. */
  readonly maker: RequestContext;
}
/** Somebody was let in. */
export interface Visit extends LiveLink {
  readonly opener: Opener;
}

export type Standing = { readonly kind: 'over'; readonly reason: OverReason } | { readonly kind: 'live'; readonly live: LiveLink };
export type OverReason = 'missing' | 'expired' | 'deleted' | 'off' | 'gone';

export type Look =
  | { readonly kind: 'over'; readonly reason: OverReason }
  | { readonly kind: 'login' | 'password' | 'code'; readonly live: LiveLink }
  | { readonly kind: 'denied'; readonly reason: string; readonly subject: string | null }
  | { readonly kind: 'open'; readonly visit: Visit };

export interface Looks {
  /** Whether a link works, before anybody is asked anything. Judged by the rules of this moment, each time. */
  standing(token: string, address: string): Promise<Standing>;
  /** What somebody with this link is to be told or asked, or that they are in. Writes refusals into the link's history. */
  look(token: string, context: PublicContext): Promise<Look>;
  /** The same for who must be in already. Throws `not_found`, `denied` or `unauthenticated`. */
  enter(token: string, context: PublicContext): Promise<Visit>;
}

/** Members whose links work: those who could make them now. */
const working = ['active', 'absent', 'leave'];

export function makeLooks(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  {
    policies,
    browsers,
    accesses,
  }: { readonly policies: Pick<PolicyReader, 'current'>; readonly browsers: LinkBrowsers; readonly accesses: LinkAccesses },
): Looks {
  const over = (reason: OverReason): Standing => ({ kind: 'over', reason });

  const standing: Looks['standing'] = async (token, address) => {
    const row = await database.selectFrom('links').selectAll().where('token_hash', '=', hashToken(token)).executeTakeFirst();
    if (row === undefined) return over('missing');
    if (row.ended_at !== null) return over(row.ended_reason === 'deleted' ? 'deleted' : row.ended_reason === 'lost' ? 'gone' : 'off');
    const { policy, revision } = await policies.current(row.tenant_id);
    const expiresAt = endOf(row, policy);
    if (expiresAt !== null && expiresAt <= clock.now()) return over('expired');
    const maker = await database
      .selectFrom('members')
      .innerJoin('tenants', 'tenants.id', 'members.tenant_id')
      .select(['members.id', 'members.member_id', 'members.name', 'members.state', 'tenants.display_name'])
      .where('members.tenant_id', '=', row.tenant_id)
      .where('members.id', '=', row.created_by)
      .executeTakeFirst();
    if (maker === undefined || !working.includes(maker.state)) return over('gone');
    const target = await linkedNode(database, row.tenant_id, row.created_by, row.node_id);
    if (target === null) return over('gone');
    if (!allowedScopes(policy, target.space).some((scope) => scope === row.scope)) return over('off');
    return {
      kind: 'live',
      live: {
        link: row,
        company: maker.display_name,
        sharedBy: maker.name,
        expiresAt,
        target,
        maker: {
          tenantId: row.tenant_id,
          member: {
            id: maker.id,
            memberId: maker.member_id,
            role: 'member',
            state: maker.state as 'active',
            rights: [],
            templateId: 'default',
          },
          session: { id: `link:${row.id}`, kind: 'browser', deviceId: '' },
          address,
          clientVersion: '',
          policy,
          policyRevision: revision,
        },
      },
    };
  };

  /** Who stands before the link, where they proved enough; else what they must do. */
  const prove = async (live: LiveLink, context: PublicContext): Promise<Look> => {
    const { link } = live;
    const nobody: Opener = { memberId: null, mail: null, address: context.address };
    const visit = (opener: Opener): Look => ({ kind: 'open', visit: { ...live, opener } });
    switch (link.scope) {
      case 'company': {
        try {
          const asker = await context.member({ kind: 'call', access: 'member', service: 'drive' });
          return asker.tenantId === link.tenant_id ? visit({ ...nobody, memberId: asker.member.id }) : { kind: 'login', live };
        } catch (error) {
          const known = AppError.from(error);
          if (known.code === 'unauthenticated') return { kind: 'login', live };
          if (known.code !== 'denied') throw error;
          const { subject } = known.details as { subject?: string };
          return { kind: 'denied', reason: reasonOf(error) ?? 'denied', subject: subject ?? null };
        }
      }
      case 'one_time_password': {
        const proven = await browsers.find(link, context.cookie('link'));
        return proven === null ? { kind: 'code', live } : visit({ ...nobody, mail: proven.mail });
      }
      default: {
        if (link.password_hash === null) return visit(nobody);
        return (await browsers.find(link, context.cookie('link'))) === null ? { kind: 'password', live } : visit(nobody);
      }
    }
  };

  const look: Looks['look'] = async (token, context) => {
    const stands = await standing(token, context.address);
    if (stands.kind === 'over') return stands;
    const { live } = stands;
    const answer = await prove(live, context);
    const { node } = live.target;
    const byName = answer.kind === 'open' && node.kind === 'file' ? judgeReceipt('drive', node.name, live.maker.policy) : null;
    const judged: Look = byName?.effect === 'deny' ? { kind: 'denied', reason: byName.reason, subject: byName.subject ?? null } : answer;
    if (judged.kind === 'denied') {
      const opener = answer.kind === 'open' ? answer.visit.opener : { memberId: null, mail: null, address: context.address };
      await accesses.note(live.link, 'refused', node.name, opener);
    }
    return judged;
  };

  return {
    standing,
    look,
    enter: async (token, context) => {
      const answer = await look(token, context);
      switch (answer.kind) {
        case 'open':
          return answer.visit;
        case 'over':
          throw new AppError('not_found', 'There is nothing behind this link', { details: { reason: `link_${answer.reason}` } });
        case 'denied':
          throw new AppError('denied', 'A rule keeps this from the asker', {
            details: { reason: answer.reason, ...(answer.subject === null ? {} : { subject: answer.subject }) },
          });
        default:
          throw new AppError('unauthenticated', `The link asks for ${answer.kind}`, { details: { reason: `link_${answer.kind}` } });
      }
    },
  };
}
