import { MemberProfile } from '#shared/model/profile.ts';
import type { Database, Mail, Services } from '../context.ts';
import { issueInvitation } from './invitations.ts';

/** How long a link for the first password is good, in milliseconds. */
const validMs = 7 * 86_400_000;

/** Where a link for the first password went: by mail to its owner, or to the administrator, who hands it on. */
export type FirstPasswordLink = { readonly kind: 'mailed' } | { readonly kind: 'shown'; readonly url: string };

export interface FirstPasswordLinks {
  /** Makes a link with which a member chooses their password (ACC-10), within the act's transaction. One that they had stops working. */
  issue(
    transaction: Database,
    by: { readonly tenantId: string; readonly member: { readonly id: string } },
    owner: { readonly id: string; readonly member_id: string; readonly email: string | null; readonly profile: string },
    /** `renewed` where a password was taken away (ACC-07). */
    why?: 'first' | 'renewed',
  ): Promise<FirstPasswordLink>;
}

export interface LinkOptions {
  readonly mail: Mail;
  /** How clients reach this server. */
  readonly publicUrl: () => string;
}

/** The page that a code opens. After `#`, so that it stands in no server's log. */
export const invitationUrl = (publicUrl: string, code: string): string => `${publicUrl}/#/invitation/${code}`;

export function firstPasswordLinks(services: Pick<Services, 'clock' | 'random'>, { mail, publicUrl }: LinkOptions): FirstPasswordLinks {
  return {
    issue: async (transaction, { tenantId, member }, owner, why = 'first') => {
      const invitation = { kind: 'first_password', createdBy: member.id, memberId: owner.id, validMs } as const;
      const { code, expiresAt } = await issueInvitation(transaction, services, tenantId, invitation);
      const url = invitationUrl(publicUrl(), code);
      if (!mail.configured || owner.email === null) return { kind: 'shown', url };
      const tenant = await transaction
        .selectFrom('tenants')
        .select(['name', 'display_name'])
        .where('id', '=', tenantId)
        .executeTakeFirstOrThrow();
      await mail.send(transaction, {
        tenantId,
        to: owner.email,
        language: MemberProfile.parse(JSON.parse(owner.profile)).language,
        content: {
          kind: 'first_password',
          company: tenant.display_name,
          member: `${owner.member_id}@${tenant.name}`,
          url,
          renewed: why === 'renewed',
        },
        expiresAt,
      });
      return { kind: 'mailed' };
    },
  };
}
