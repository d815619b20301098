import type { Handlers } from '#shared/contract/operation.ts';
import type { ServerContract } from '#shared/contract/server.ts';
import type { AppendAudit, Mail, Notify, PublicContext, RequestContext, Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { makeSealer, serverSecret } from '../store/secrets.ts';
import { loginAttempts, type AttemptLimits } from './attempts.ts';
import { appPasswordHandlers, type AppPasswordHandlers } from './app-passwords.ts';
import { basicLimits, makeBasicLogin, type BasicLimits, type BasicLogin } from './basic-login.ts';
import { pcHandlers, type PcHandlers } from './pc-handlers.ts';
import { endOlderLogins } from './single-login.ts';
import { deviceHandlers, wipedDevices, type DeviceHandlers, type WipedDevices } from './device-handlers.ts';
import { makeChangePassword } from './change-password.ts';
import { directoryHandlers, type DirectoryHandlers } from './directory-handlers.ts';
import { describeIdentity, listMembers } from './directory.ts';
import { activityHandlers, type ActivityHandlers } from './idle.ts';
import { invitationHandlers, type InvitationHandlers, type PublicInvitations } from './invitation-handlers.ts';
import { externalLogin, type ExternalLoginHandlers, type SignInPages } from './external/external-login.ts';
import { makeExternalLogins } from './external/external-logins.ts';
import { linkedIdentities } from './external/linked-identities.ts';
import { makeMatchMember } from './external/match-member.ts';
import { providerHandlers, type ProviderHandlers } from './external/provider-handlers.ts';
import { makeProviders } from './external/providers.ts';
import { samlRequests } from './external/saml-requests.ts';
import { makeLeases } from './lease.ts';
import { makeLogin } from './login.ts';
import { makeLoginFlow } from './login/flow.ts';
import { makeOpenLogin } from './login/open.ts';
import { codeStep } from './login/steps/code.ts';
import { enrolTotpStep } from './login/steps/enrol-totp.ts';
import { newPasswordStep } from './login/steps/new-password.ts';
import { recoveryCodesStep } from './login/steps/recovery-codes.ts';
import { memberHandlers, type MemberAdministration } from './member-handlers.ts';
import { makeNoteLogin } from './new-device.ts';
import { passwordHandlers, type PasswordHandlers } from './password-handlers.ts';
import { makeLockout } from './password-lockout.ts';
import { passwordChecker, type Passwords } from './passwords.ts';
import { recoveryHandlers, type RecoveryHandlers } from './recovery.ts';
import { makeRecoveryTickets } from './recovery-tickets.ts';
import { makeRefresh } from './refresh.ts';
import { securityChanges } from './second-factor/account-changes.ts';
import { accountHandlers, type AccountHandlers } from './second-factor/account-handlers.ts';
import { describeSecurity } from './second-factor/account-security.ts';
import { makePasskeyLogin, passkeyLoginHandlers, type PasskeyLoginHandlers } from './second-factor/passkey-login.ts';
import { reauthenticateHandlers, type ReauthenticateHandlers } from './second-factor/reauthenticate.ts';
import { resetTwoStepHandlers, type ResetTwoStepHandlers } from './second-factor/reset-two-step.ts';
import { makeSecondFactors } from './second-factor/second-factors.ts';
import { describeServer, type DemoLogin } from './server-info.ts';
import { rulesForMembers } from './rules-for-members.ts';
import { sessionHandlers, type SessionHandlers } from './session-handlers.ts';
import { makeSessions, type Sessions } from './sessions.ts';
import { makeTickets, ticketSeconds, type Tickets } from './tickets.ts';
import { refreshTokens } from './tokens.ts';

export type PublicHandlers = Pick<
  Handlers<ServerContract, PublicContext>,
  'server.info' | 'session.login' | 'session.continue' | 'session.refresh'
> &
  PublicInvitations &
  ExternalLoginHandlers &
  WipedDevices &
  RecoveryHandlers &
  PasskeyLoginHandlers;
export type MemberHandlers = Pick<
  Handlers<ServerContract, RequestContext>,
  'session.current' | 'session.ticket' | 'account.security' | 'policy.mine' | 'directory.list' | 'member.changePassword'
> &
  AccountHandlers &
  ReauthenticateHandlers &
  ResetTwoStepHandlers &
  DirectoryHandlers &
  InvitationHandlers &
  SessionHandlers &
  AppPasswordHandlers &
  ActivityHandlers &
  ProviderHandlers &
  DeviceHandlers &
  PcHandlers &
  MemberAdministration &
  PasswordHandlers;

export interface Identity {
  readonly publicHandlers: PublicHandlers;
  readonly handlers: MemberHandlers;
  readonly sessions: Sessions;
  readonly tickets: Tickets;
  /** Checks passwords, few at once. */
  readonly passwords: Passwords;
  /** Who shows an app password. */
  readonly basic: BasicLogin;
  /** Where a browser comes back from an identity provider. */
  readonly signIn: SignInPages;
}

export interface IdentityOptions {
  readonly version: string;
  readonly policies: PolicyReader;
  readonly audit: AppendAudit;
  readonly attemptLimits: AttemptLimits;
  readonly recoveryLimits: AttemptLimits;
  readonly basicLimits?: BasicLimits;
  readonly demo: DemoLogin | null;
  readonly notify: Notify;
  readonly mail: Mail;
  /** What secrets are sealed with. */
  readonly masterKey: Uint8Array;
  /** How clients reach this server, for links in letters; known once it listens. */
  readonly publicUrl: () => string;
}

/** Logins, sessions and who is who. */
export async function makeIdentity(services: Services, options: IdentityOptions): Promise<Identity> {
  const { database, random } = services;
  const { policies, audit, demo, version } = options;
  const sessions = makeSessions(services, { policies, audit });
  const tickets = makeTickets(services);
  const tokens = refreshTokens(await serverSecret(services, 'refresh_tokens'));
  const passwords = await passwordChecker(random);
  const attempts = loginAttempts(options.attemptLimits);
  const invitations = invitationHandlers(services, { audit, policies, attempts, publicUrl: options.publicUrl });
  const leases = makeLeases(services, policies);
  const lockout = makeLockout(services, { policies, audit, sessions, notify: options.notify });
  const noteLogin = makeNoteLogin(options.notify);
  const openLogin = makeOpenLogin(services, {
    audit,
    refreshTokens: tokens,
    onOpen: async (transaction, { state, sessionId, device, address }) => {
      const { tenantId, member, prover, rules } = state;
      const memberId = member.id;
      await lockout.succeeded(transaction, { tenantId, memberId });
      const from = { facts: state.device, kind: prover.kind, address, country: services.countryOf(address), at: services.clock.now() };
      const told = await noteLogin(transaction, { tenantId, memberId, device, ...from, policy: rules.policy });
      const login = { tenantId, memberId, sessionId, kind: prover.kind, address };
      const announceEnds = await endOlderLogins(transaction, { audit, sessions }, login);
      return () => {
        told();
        announceEnds();
      };
    },
  });
  const factors = await makeSecondFactors(services, { mail: options.mail, publicUrl: options.publicUrl, masterKey: options.masterKey });
  const flow = makeLoginFlow(services, {
    policies,
    audit,
    attempts,
    notify: options.notify,
    open: async (...login) => {
      const opened = await openLogin(...login);
      return { ...opened, identity: await leases.grant(opened.identity) };
    },
    steps: [
      codeStep(services, factors, { notify: options.notify }),
      enrolTotpStep(services, factors, { audit }),
      recoveryCodesStep(services, factors),
      newPasswordStep(services, { sessions }),
    ],
    onFailure: (who, from) => lockout.failed(who, from),
  });
  const recoveryTickets = makeRecoveryTickets(services, await serverSecret(services, 'recovery'));
  const recovery = recoveryHandlers(services, {
    policies,
    audit,
    sessions,
    mail: options.mail,
    tickets: recoveryTickets,
    limits: options.recoveryLimits,
  });
  const sealer = makeSealer(options.masterKey, 'identity providers', random);
  const providers = makeProviders(database, sealer);
  const identitiesOf = (tenantId: string, memberId: string) => linkedIdentities(database, providers, tenantId, memberId);
  const external = externalLogin(services, {
    policies,
    providers,
    logins: makeExternalLogins(services, sealer),
    match: makeMatchMember(services, audit),
    flow,
    samlRequests: samlRequests(services),
    publicUrl: options.publicUrl,
    passkeys: factors.passkeys,
  });
  const refresh = makeRefresh(services, { policies, audit, refreshTokens: tokens, sessions });
  return {
    sessions,
    tickets,
    passwords,
    basic: makeBasicLogin(services, { audit, sessions, limits: options.basicLimits ?? basicLimits }),
    signIn: external.pages,
    publicHandlers: {
      ...external.handlers,
      ...wipedDevices(services, audit),
      'server.info': () => describeServer(database, version, demo),
      'session.login': makeLogin(services, { policies, audit, passwords, attempts, lockout, flow }),
      'session.continue': flow.continue,
      ...passkeyLoginHandlers(services, {
        policies,
        attempts,
        begins: loginAttempts({ windowSeconds: 60, perAddress: 300, perAccount: Number.MAX_SAFE_INTEGER, perPair: 300 }),
        flow,
        passkeys: factors.passkeys,
        login: makePasskeyLogin(services, factors.passkeys),
        otherMethods: external.methods,
      }),
      ...invitations.forEverybody,
      ...recovery,
      'session.refresh': async (input, context) => {
        const { grant, identity } = await refresh(input, context);
        return { grant, identity: await leases.grant(identity) };
      },
    },
    handlers: {
      ...sessionHandlers(services, { audit, sessions }),
      ...appPasswordHandlers(services, { audit, sessions, publicUrl: options.publicUrl }),
      ...activityHandlers(services),
      ...deviceHandlers(services, { audit, sessions }),
      ...pcHandlers(services, audit),
      ...providerHandlers(services, { audit, providers, publicUrl: options.publicUrl }),
      ...accountHandlers(services, { factors, change: securityChanges(services, { audit, notify: options.notify }) }),
      ...reauthenticateHandlers(services, { audit, passwords, attempts, lockout, factors }),
      ...resetTwoStepHandlers(services, { audit, notify: options.notify, factors }),
      'account.security': describeSecurity(services, {
        factors,
        identities: (tenantId, memberId) => linkedIdentities(database, providers, tenantId, memberId),
      }),
      ...memberHandlers(services, { audit, sessions, identitiesOf, mail: options.mail, publicUrl: options.publicUrl }),
      ...passwordHandlers(services, { audit, sessions, notify: options.notify, mail: options.mail, publicUrl: options.publicUrl }),
      ...directoryHandlers(services, { audit }),
      ...invitations.forMembers,
      'member.changePassword': makeChangePassword(services, { audit, passwords, attempts, lockout, sessions }),
      'session.current': async (_input, { tenantId, member, session, policyRevision }) => {
        const device = await database
          .selectFrom('devices')
          .select('database_key')
          .where('tenant_id', '=', tenantId)
          .where('id', '=', session.deviceId)
          .executeTakeFirst();
        const databaseKey = session.kind === 'browser' ? null : (device?.database_key ?? null);
        const who = { tenantId, memberId: member.id, sessionId: session.id, databaseKey };
        return { identity: await describeIdentity(database, who, policyRevision) };
      },
      'session.ticket': async (_input, { tenantId, session }) => ({
        ticket: await tickets.issue(tenantId, session.id),
        expiresInSeconds: ticketSeconds,
      }),
      'policy.mine': async (_input, { policyRevision, policy, member }) => ({
        revision: policyRevision,
        policy: rulesForMembers(policy, member.templateId),
        templateId: member.templateId,
      }),
      'directory.list': async (_input, { tenantId }) => ({ members: await listMembers(database, tenantId) }),
    },
  };
}
