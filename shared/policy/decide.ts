import { assertNever } from '#shared/base/assert.ts';
import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { MemberState, Role } from '#shared/model/member.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { AdminRight, Environment, Service } from '#shared/model/rights.ts';
import { decideFile, type FileAct } from './decide-file.ts';
import { decideService, environmentOf } from './decide-service.ts';
import { isPrivate, isWithin } from './network.ts';
import { holds } from './set-of.ts';
import { refusedVersion } from './version.ts';

/** Anything without a rule of its own; the gate asks this for every request. */
export interface CallAct {
  readonly kind: 'call';
  readonly access: 'public' | 'member' | 'administrator';
  /** ADM-10: the part of the administration that it belongs to. */
  readonly right?: AdminRight;
  /** ADM-08: the service that it uses. */
  readonly service?: Service;
  /** Where the program says that it is used besides what its session's kind says (ADM-09): the sync engine in the app. Both must allow it. */
  readonly environment?: Environment;
  /** A dangerous act (ADM-12): only shortly after the asker proved who they are. */
  readonly fresh?: boolean;
}

/** What the asker is about to do, as far as a rule looks at it. */
export type Act =
  | CallAct
  | FileAct
  /** A program takes a kept session up again (ACC-30). */
  | { readonly kind: 'resume' };

/** Everything a decision depends on besides the rules. */
export interface PolicyRequest {
  /** As the client says; empty when it does not. */
  readonly clientVersion: string;
  /** Null before login. */
  readonly session: {
    readonly kind: ClientKind;
    readonly ended: boolean;
    /** ACC-51: its device was told to erase what it holds. */
    readonly wiped?: boolean;
    /** ACC-31, ACC-33: nobody touched it for as long as the rule allows. */
    readonly idle?: boolean;
    /** NET-03: verified by a code, so it may go on outside the allowed countries. */
    readonly verified: boolean;
    /** The person proved a short while ago who they are. */
    readonly fresh?: boolean;
  } | null;
  readonly member: {
    readonly id: string;
    readonly state: MemberState;
    readonly appBlocked: boolean;
    readonly role: Role;
    /** What the role may open (`rightsOf`). */
    readonly rights: readonly AdminRight[];
    /** ADM-09: their own permission template, else that of their user type, else the default one. */
    readonly templateId: string;
  } | null;
  /** From where it is asked, as the server sees it. */
  readonly address: string;
  /** The country of that address (ISO 3166-1 alpha-2), or null where it is not known. */
  readonly country: string | null;
  readonly act: Act;
}

type Rule = (request: PolicyRequest, policy: Policy) => Decision;

const version: Rule = ({ clientVersion }, policy) => {
  const refused = refusedVersion(clientVersion, policy);
  return refused === null ? allow : deny('upgrade_required', 'UPD-01', refused);
};

const session: Rule = ({ act, session: current }) => {
  if (current === null) return act.kind === 'call' && act.access === 'public' ? allow : deny('session_missing', 'ACC-42');
  if (current.wiped === true) return deny('device_wiped', 'ACC-51');
  if (current.ended) return deny('session_ended', 'ACC-41');
  return current.idle === true ? deny('session_idle', current.kind === 'browser' ? 'ACC-31' : 'ACC-33') : allow;
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

/** NET-04, NET-05, NET-06: not the mobile app, never the supreme administrator, who could not undo it otherwise, nor excepted members. */
const network: Rule = ({ member, session: current, address }, { network: rules }) => {
  if (rules.mode === 'all' || member === null || member.role === 'supreme' || current?.kind === 'mobile') return allow;
  if (holds(rules.exceptions, member.id) || isWithin(address, rules.ranges)) return allow;
  return deny('network_denied', 'NET-01', address);
};

/**
 * NET-02, NET-03: only where all addresses are allowed, and for every kind of program (NET-04). The exceptions of NET-06 are about addresses.
 * Nobody is exempt, but the supreme administrator, who alone could undo the rule, is asked for a code where others are refused.
 */
const country: Rule = ({ member, session: current, address, country: from }, { network: rules }) => {
  if (rules.mode !== 'all' || !rules.limitCountries || member === null || current === null) return allow;
  const inside = from === null ? rules.unknownCountry === 'inside' : holds(rules.countries, from);
  if (inside || isPrivate(address)) return allow;
  if (rules.outside === 'block' && member.role !== 'supreme') return deny('country_denied', 'NET-03', from ?? address);
  return current.verified ? allow : deny('country_unverified', 'NET-03', from ?? address);
};

const service: Rule = ({ act, member, session: current }, policy) => {
  if (member === null || current === null || act.kind === 'resume') return allow;
  const environment = environmentOf(current.kind);
  if (act.kind === 'file') {
    const own = decideService(act.service, environment, member.templateId, policy);
    return own.effect === 'deny' || act.through === undefined ? own : decideService(act.through, environment, member.templateId, policy);
  }
  if (act.service === undefined) return allow;
  const own = decideService(act.service, environment, member.templateId, policy);
  if (own.effect === 'deny' || act.environment === undefined) return own;
  return decideService(act.service, act.environment, member.templateId, policy);
};

const role: Rule = ({ act, member }) => {
  if (act.kind !== 'call') return allow;
  const administers = member !== null && member.role !== 'member' && member.rights.length > 0;
  if (act.access === 'administrator' && !administers) return deny('role_missing', 'ADM-10');
  if (act.right === undefined || (administers && member.rights.includes(act.right))) return allow;
  return deny('role_missing', act.right === 'roles' ? 'ADM-11' : 'ADM-10', act.right);
};

const proof: Rule = ({ act, session: current }) =>
  act.kind === 'call' && act.fresh === true && current?.fresh !== true ? deny('reauthentication_required', 'ADM-12') : allow;

const file: Rule = ({ act }, policy) => (act.kind === 'file' ? decideFile(act, policy) : allow);

const keepLogin: Rule = ({ act, session: current }, policy) => {
  if (act.kind !== 'resume' || current === null) return allow;
  if (current.kind === 'pc-app' && !policy.keepLogin.pcApp) return deny('keep_login_forbidden', 'ACC-30');
  if (current.kind === 'drive-explorer' && !policy.keepLogin.driveExplorer) return deny('keep_login_forbidden', 'ACC-30');
  return allow;
};

/** The rules in the order of the gate, each with the ID that stands for it where it has nothing against a request. */
const steps = [
  { step: 'version', id: 'UPD-01', rule: version },
  { step: 'session', id: 'ACC-41', rule: session },
  { step: 'account', id: 'ACC-44', rule: account },
  { step: 'app_block', id: 'ACC-45', rule: appBlock },
  { step: 'network', id: 'NET-01', rule: network },
  { step: 'country', id: 'NET-03', rule: country },
  { step: 'service', id: 'ADM-08', rule: service },
  { step: 'role', id: 'ADM-10', rule: role },
  { step: 'proof', id: 'ADM-12', rule: proof },
  { step: 'file', id: 'FIL-01', rule: file },
  { step: 'keep_login', id: 'ACC-30', rule: keepLogin },
] as const satisfies readonly { step: string; id: string; rule: Rule }[];
type JudgedStep = (typeof steps)[number]['step'];

/**
 * The one gate (DESIGN): may this be done under these rules? Pure and total; the first rule that denies wins, in the order
 * version → session → account → app block → network → country → service → role → proof → the act's own rules.
 */
export function decide(request: PolicyRequest, policy: Policy): Decision {
  for (const { rule } of steps) {
    const decision = rule(request, policy);
    if (decision.effect === 'deny') return decision;
  }
  return allow;
}

/** What one rule said; `not_reached` behind the one that denied. */
export interface Judged {
  readonly step: JudgedStep;
  readonly rule: string;
  readonly effect: 'allow' | 'deny' | 'not_reached';
  readonly reason: string | null;
  readonly subject: string | null;
}

/** The same as `decide`, told rule by rule: for explaining and simulating. */
export function judge(request: PolicyRequest, policy: Policy): readonly Judged[] {
  let stopped = false;
  return steps.map(({ step, id, rule }): Judged => {
    if (stopped) return { step, rule: id, effect: 'not_reached', reason: null, subject: null };
    const decision = rule(request, policy);
    if (decision.effect === 'allow') return { step, rule: id, effect: 'allow', reason: null, subject: null };
    stopped = true;
    return { step, rule: decision.rule, effect: 'deny', reason: decision.reason, subject: decision.subject ?? null };
  });
}
