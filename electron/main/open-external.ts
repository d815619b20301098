import { shell as desktop } from 'electron';
import { AppError } from '#shared/base/errors.ts';
import { externalTarget, signInTarget } from './navigation.ts';

/** Hands an address to the person's browser or mail program. Throws `invalid` for everything but https and mailto. */
export async function openExternal(address: string): Promise<void> {
  const target = externalTarget(address);
  if (target === null) throw new AppError('invalid', 'Only https and mailto addresses are opened');
  await desktop.openExternal(target);
}

/** The same for a login that goes on in the browser (RFC 8252): https, or a server on this machine. */
export async function openSignIn(address: string): Promise<void> {
  const target = signInTarget(address);
  if (target === null) throw new AppError('invalid', 'A login goes on at an https address only');
  await desktop.openExternal(target);
}
