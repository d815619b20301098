import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { Act, PolicyRequest } from '#shared/policy/decide.ts';

/** An open session, as rules that are not in force can be tried on it. */
export interface OpenSession {
  readonly id: string;
  readonly memberId: string;
  readonly memberName: string;
  readonly kind: ClientKind;
  readonly address: string;
  readonly clientVersion: string;
  readonly deviceName: string;
  requestUnder(policy: Policy, act: Act, here?: { readonly address: string; readonly clientVersion: string }): PolicyRequest;
}

/** What the administration of rules asks of those who know members and sessions. */
export interface RuleTrials {
  /** All of a tenant, or the one that is named. */
  openSessions(tenantId: string, sessionId?: string): Promise<OpenSession[]>;
  /** What somebody would ask, under rules that the caller has; null when there is no such member. */
  imaginedRequest(
    tenantId: string,
    what: {
      readonly member: string;
      readonly kind: ClientKind;
      readonly clientVersion: string;
      readonly address: string;
      readonly act: Act;
    },
  ): Promise<((policy: Policy) => PolicyRequest) | null>;
}
