import { MemberId, TenantName } from '#shared/model/member.ts';

/** What a person typed at login: `member@tenant`, or the member id alone. Full-width letters and capitals of an input method are fine. */
export function parseMemberName(typed: string): { memberId: string; tenantName: string | null } | null {
  const [memberId = '', tenantName, ...rest] = typed.normalize('NFKC').trim().toLowerCase().split('@');
  if (rest.length > 0 || !MemberId.safeParse(memberId).success) return null;
  if (tenantName === undefined) return { memberId, tenantName: null };
  return TenantName.safeParse(tenantName).success ? { memberId, tenantName } : null;
}
