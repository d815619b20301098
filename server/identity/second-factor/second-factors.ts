import type { Mail, Services } from '../../context.ts';
import { makeSealer, serverSecret } from '../../store/secrets.ts';
import { makeMailCodes, type MailCodes } from './mail-codes.ts';
import { makePasskeys, type Passkeys } from './passkeys.ts';
import { makeRecoveryCodes, type RecoveryCodes } from './recovery-codes.ts';
import { relyingPartyOf } from './relying-party.ts';
import { makeTotp, type Totp } from './totp.ts';

/** Everything that can be a second step (ACC-20). */
export interface SecondFactors {
  readonly totp: Totp;
  readonly recoveryCodes: RecoveryCodes;
  readonly mailCodes: MailCodes;
  readonly passkeys: Passkeys;
}

export interface SecondFactorOptions {
  readonly mail: Mail;
  readonly masterKey: Uint8Array;
  /** The server's public address, known once it listens. */
  publicUrl(): string;
}

export async function makeSecondFactors(services: Services, { mail, publicUrl, masterKey }: SecondFactorOptions): Promise<SecondFactors> {
  const sealer = makeSealer(masterKey, 'totp keys', (sizeBytes) => services.random(sizeBytes));
  return {
    totp: makeTotp(services, sealer),
    recoveryCodes: makeRecoveryCodes(services),
    mailCodes: makeMailCodes(services, { key: await serverSecret(services, 'mail_codes'), mail }),
    passkeys: makePasskeys(services, () => relyingPartyOf(publicUrl())),
  };
}
