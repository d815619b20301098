import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Services } from '../context.ts';
import { serverSecret } from '../store/secrets.ts';

/** PKCS #8 (RFC 8410) around the 32 bytes that an X25519 private key is. */
const pkcs8Head = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A tenant's key pair for sealed files; made once. */
export interface RecoveryKey {
  readonly privateKey: KeyObject;
  /** 32 bytes, base64url: what programs seal to. */
  readonly publicKey: string;
}

/** The recovery key of a tenant (X25519, RFC 7748): unsent work of wiped devices is sealed to it (ACC-50, ACC-51). */
export async function recoveryKeyOf(services: Pick<Services, 'database' | 'random'>, tenantId: string): Promise<RecoveryKey> {
  const seed = await serverSecret(services, `recovery_key ${tenantId}`);
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Head, seed]), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey).export({ format: 'jwk' }).x! };
}
