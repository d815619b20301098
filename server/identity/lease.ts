import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { Identity, LoginOutcome } from '#shared/contract/login.ts';
import type { Lease } from '#shared/model/lease.ts';
import type { Services } from '../context.ts';
import type { PolicyReader } from '../store/policies.ts';
import { serverSecret } from '../store/secrets.ts';
import { recoveryKeyOf } from './recovery-key.ts';

/** PKCS #8 (RFC 8410) around the 32 bytes that an Ed25519 private key is. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Offline leases (DESIGN: what is encrypted): how long a program without any answer of the server may open what it holds. Signed by a key
 * of the tenant's, made once, so that nobody can write a longer one; bound to member, session and device key.
 */
export interface Leases {
  /** The identity with a lease, where it belongs to a program with a device key; as it is for browsers. */
  grant(identity: Identity): Promise<Identity>;
  /** The same for the outcome of a login. */
  grantOutcome(outcome: LoginOutcome): Promise<LoginOutcome>;
}

export function makeLeases(services: Pick<Services, 'database' | 'random' | 'clock'>, policies: PolicyReader): Leases {
  const { database, clock } = services;
  const keys = new Map<string, Promise<{ privateKey: KeyObject; publicKey: string }>>();

  const keyOf = (tenantId: string) => {
    const known =
      keys.get(tenantId) ??
      serverSecret(services, `lease_key ${tenantId}`).then((seed) => {
        const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
        return { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'jwk' }).x! };
      });
    keys.set(tenantId, known);
    known.catch(() => keys.delete(tenantId));
    return known;
  };

  const grant = async (identity: Identity): Promise<Identity> => {
    const session = await database
      .selectFrom('sessions')
      .innerJoin('tenants', 'tenants.id', 'sessions.tenant_id')
      .select(['sessions.tenant_id', 'sessions.member_id', 'sessions.key_thumbprint'])
      .where('tenants.name', '=', identity.tenant)
      .where('sessions.id', '=', identity.sessionId)
      .executeTakeFirst();
    if (session?.key_thumbprint == null) return identity;
    const { policy } = await policies.current(session.tenant_id);
    const { privateKey, publicKey } = await keyOf(session.tenant_id);
    const lease: Lease = {
      tenant: identity.tenant,
      member: session.member_id,
      session: identity.sessionId,
      device: session.key_thumbprint,
      issuedAt: clock.now(),
      hours: policy.offlineLeaseHours,
    };
    const signed = `1.${Buffer.from(JSON.stringify(lease)).toString('base64url')}`;
    const signature = sign(null, Buffer.from(signed), privateKey).toString('base64url');
    const { publicKey: recoveryKey } = await recoveryKeyOf(services, session.tenant_id);
    return { ...identity, lease: `${signed}.${signature}`, leaseKey: publicKey, recoveryKey };
  };

  return {
    grant,
    grantOutcome: async (outcome) => (outcome.kind === 'open' ? { ...outcome, identity: await grant(outcome.identity) } : outcome),
  };
}
