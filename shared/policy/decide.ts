import { assertNever } from '#shared/base/assert.ts';
import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { MemberState, Role } from '#shared/model/member.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import { decideFile, type FileAct } from './decide-file.ts';
import { isWithin } from './network.ts';
import { isAtLeast } from './version.ts';

/** What the asker is about to do, as far as a rule looks at it. */
export type Act =
  /** Anything without a rule of its own; the gate asks this for every request. */
  | { readonly kind: 'call'; readonly access: 'public' | 'member' | 'administrator' }
  | FileAct
  /** A program takes a kept session up again (ACC-30). */
  | { readonly kind: 'resume' };

/** Everything a decision depends on besides the rules. */
export interface PolicyRequest {
  /** As the client says; empty when it does not. */
  readonly clientVersion: string;
  /** Null before login. */
  readonly session: { readonly kind: ClientKind; readonly ended: boolean } | null;
  readonly member: { readonly id: string; readonly state: MemberState; readonly appBlocked: boolean; readonly role: Role } | null;
  /** From where it is asked, as the server sees it. */
  readonly address: string;
  readonly act: Act;
}

/**
 * The one gate (DESIGN): may this be done under these rules? Pure and total; the first rule that denies wins, in the order
 * version → session → account → app block → network → service → the act's own rules.
 */
export function decide(request: PolicyRequest, policy: Policy): Decision {
  for (const rule of [version, session, account, appBlock, network, role, file, keepLogin]) {
    const decision = rule(request, policy);
    if (decision.effect === 'deny') return decision;
  }
  return allow;
}

type Rule = (request: PolicyRequest, policy: Policy) => Decision;

const version: Rule = ({ clientVersion }, { minimumVersion }) =>
  minimumVersion === null || isAtLeast(clientVersion, minimumVersion) ? allow : deny('upgrade_required', 'UPD-01', minimumVersion);

const session: Rule = ({ act, session: current }) => {
  if (current === null) return act.kind === 'call' && act.access === 'public' ? allow : deny('session_missing', 'ACC-42');
  return current.ended ? deny('session_ended', 'ACC-41') : allow;
};

const account: Rule = ({ member, session: current }) => {
  if (member === null) return current === null ? allow : deny('member_deleted', 'ACC-44');
  switch (member.state) {
    case 'active':
    case 'absent':
    case 'leave':
      return allow;
    case 'suspended':
      return deny('member_suspended', 'ACC-43');
    case 'suspended_failures':
      return deny('member_suspended_failures', 'ACC-43');
    case 'waiting':
      return deny('member_waiting', 'ACC-44');
    case 'deleted':
      return deny('member_deleted', 'ACC-44');
    default:
      return assertNever(member.state, 'member state');
  }
};

const appBlock: Rule = ({ member, session: current }) =>
  member?.appBlocked === true && current !== null && current.kind !== 'browser' ? deny('app_blocked', 'ACC-45') : allow;

/** NET-05, NET-06: never the supreme administrator, who could not undo it otherwise, nor members whom the rules except. */
const network: Rule = ({ member, address }, { network: rules }) => {
  if (rules.mode === 'all' || member === null || member.role === 'supreme' || rules.exceptions.includes(member.id)) return allow;
  return isWithin(address, rules.ranges) ? allow : deny('network_denied', 'NET-01', address);
};

const role: Rule = ({ act, member }) =>
  act.kind === 'call' && act.access === 'administrator' && (member === null || member.role === 'member')
    ? deny('role_missing', 'ADM-10')
    : allow;

const file: Rule = ({ act }, policy) => (act.kind === 'file' ? decideFile(act, policy) : allow);

const keepLogin: Rule = ({ act, session: current }, policy) => {
  if (act.kind !== 'resume' || current === null) return allow;
  if (current.kind === 'pc-app' && !policy.keepLogin.pcApp) return deny('keep_login_forbidden', 'ACC-30');
  if (current.kind === 'drive-explorer' && !policy.keepLogin.driveExplorer) return deny('keep_login_forbidden', 'ACC-30');
  return allow;
};
