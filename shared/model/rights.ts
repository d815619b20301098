import { z } from 'zod';

/** What an administrator's role may open (ADM-10). Each is one part of the console and its operations. */
export const AdminRight = z.enum([
  /** The company's name and domain, whom people ask. */
  'basic',
  'members',
  'invitations',
  /** Organisations, groups, positions, levels, user types. */
  'organisations',
  /** Talk, Drive and the permission templates. */
  'services',
  /** Passwords, two-step verification, logins, idle logout. */
  'security_account',
  /** Networks and countries. */
  'security_network',
  /** Blocked extensions, sizes, virus scan, download log. */
  'security_files',
  /** Versions, updates, devices. */
  'apps',
  'audit',
  /** Roles themselves (ADM-11): never part of a role of one's own. */
  'roles',
]);
export type AdminRight = z.infer<typeof AdminRight>;

/** Rights that the console warns of before they are given (ADM-12). */
export const dangerousRights: ReadonlySet<AdminRight> = new Set([
  'basic',
  'members',
  'invitations',
  'services',
  'security_account',
  'security_network',
  'security_files',
  'audit',
  'roles',
]);

/** ADM-11: what a role of one's own can never hold. */
export const GivenRight = AdminRight.exclude(['roles']);
export type GivenRight = z.infer<typeof GivenRight>;

/** Services that rules and permissions tell apart (FIL-02, ADM-08), as far as this product has them. */
export const Service = z.enum(['talk', 'drive']);
export type Service = z.infer<typeof Service>;

/** From where a service is used (ADM-08). The sync agent is an environment of its own (ADM-09). */
export const Environment = z.enum(['browser', 'pc-app', 'drive-explorer', 'mobile']);
export type Environment = z.infer<typeof Environment>;
