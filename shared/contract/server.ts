import { account } from './account.ts';
import { adminDevices } from './admin-devices.ts';
import { adminLinks } from './admin-links.ts';
import { adminDirectory } from './admin-directory.ts';
import { adminLogins } from './admin-logins.ts';
import { adminMembers } from './admin-members.ts';
import { adminRules } from './admin-rules.ts';
import { admin } from './admin.ts';
import { drive } from './drive.ts';
import { linkPage } from './link-page.ts';
import { login } from './login.ts';
import { pcs } from './pcs.ts';
import { tenant } from './tenant.ts';

/** Everything that only administrators may ask. */
export const administration = {
  ...admin,
  ...adminMembers,
  ...adminDirectory,
  ...adminDevices,
  ...adminLinks,
  ...adminRules,
  ...adminLogins,
} as const;
export type AdministrationContract = typeof administration;

/** Everything that the tenant server answers by `POST /api/<name>`. */
export const server = { ...login, ...tenant, ...drive, ...linkPage, ...account, ...pcs, ...administration } as const;
export type ServerContract = typeof server;
