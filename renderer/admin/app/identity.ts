import { createContext, useContext } from 'react';
import { assert } from '#shared/base/assert.ts';
import type { Identity } from '#shared/contract/login.ts';
import type { AdminRight } from '#shared/model/rights.ts';

const IdentityContext = createContext<Identity | null>(null);
export const IdentityProvider = IdentityContext.Provider;

/** Who is logged in. */
export function useIdentity(): Identity {
  const identity = useContext(IdentityContext);
  assert(identity !== null, 'an IdentityProvider stands around the screens');
  return identity;
}

/** Whether the person's role has a right (ADM-10). The server says the same again at every call. */
export function useMay(): (right: AdminRight) => boolean {
  const { rights } = useIdentity();
  return (right) => rights.includes(right);
}
