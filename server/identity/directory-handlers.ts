import type { AppendAudit, Services } from '../context.ts';
import { directoryActs } from './directory-acts.ts';
import { groupHandlers, type GroupHandlers } from './group-handlers.ts';
import { organisationHandlers, type OrganisationHandlers } from './organisation-handlers.ts';
import { postHandlers, type PostHandlers } from './post-handlers.ts';
import { roleHandlers, type RoleHandlers } from './role-handlers.ts';

export type DirectoryHandlers = OrganisationHandlers & GroupHandlers & PostHandlers & RoleHandlers;

/** Organisations, groups, posts and roles (ADM-05…07, ADM-10, ADM-11). */
export function directoryHandlers(services: Services, { audit }: { readonly audit: AppendAudit }): DirectoryHandlers {
  const runAct = directoryActs(services, audit);
  const announce = (tenantId: string): void => services.bus.publish({ tenantId, audience: null, event: { type: 'directory.changed' } });
  const shared = { runAct, announce };
  return {
    ...organisationHandlers(services, shared),
    ...groupHandlers(services, shared),
    ...postHandlers(services, shared),
    ...roleHandlers(services, shared),
  };
}
