import { createContext } from 'react';
import type { Policy } from '#shared/model/policy.ts';

/** Whom people ask when a rule stops them, by language; empty strings before anybody is logged in. */
export const ContactContext = createContext<Policy['contact']>({ ja: '', en: '' });
