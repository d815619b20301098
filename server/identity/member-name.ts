import { MemberId, TenantName } from '#shared/model/member.ts';

/** What a person typed at login: `member@tenant`, or the member id alone. Full-width letters and capitals of an input method are fine. */
export function parseMemberName(typed: string): { memberId: string; tenantName: string | null } | null {
  const [memberId = '', tenantName, ...rest] = typed.normalize('NFKC').trim().toLowerCase().split('@');
  if (rest.length > 0 || !MemberId.safeParse(memberId).success) return null;
  if (tenantName === undefined) return { memberId, tenantName: null };
  return TenantName.safeParse(tenantName).success ? { memberId, tenantName } : null;
}

/** Only the tenant of what is typed at login: `member@tenant`, `@tenant`, or none. Null where it cannot be one. */
export function parseTenantName(typed: string): { tenantName: string | null } | null {
  const [, tenantName, ...rest] = typed.normalize('NFKC').trim().toLowerCase().split('@');
  if (tenantName === undefined) return { tenantName: null };
  return rest.length === 0 && TenantName.safeParse(tenantName).success ? { tenantName } : null;
}
