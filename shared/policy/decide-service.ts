import { assertNever } from '#shared/base/assert.ts';
import { allow, deny, type Decision } from '#shared/model/decision.ts';
import type { ClientKind, Policy } from '#shared/model/policy.ts';
import type { Environment, Service } from '#shared/model/rights.ts';
import { defaultTemplateId, type PermissionTemplate } from '#shared/model/rules-reach.ts';

/** Where a program of that kind is used (ADM-08). WebDAV reaches Drive from outside the app, as the Drive explorer does (ADM-09). */
export function environmentOf(kind: ClientKind): Environment {
  switch (kind) {
    case 'browser':
    case 'pc-app':
    case 'drive-explorer':
    case 'mobile':
      return kind;
    case 'dav':
      return 'drive-explorer';
    default:
      return assertNever(kind, 'kind of client');
  }
}

/** The template of that id; one that is gone counts as the default one. */
export function templateOf(templateId: string, { permissions }: Policy): PermissionTemplate | undefined {
  const named = permissions.templates.find(({ id }) => id === templateId);
  return named ?? permissions.templates.find(({ id }) => id === defaultTemplateId);
}

/** Whose template counts (ADM-09): a member's own, else that of their user type, else the default one. */
export const templateInForce = (own: string | null, ofUserType: string | null): string => own ?? ofUserType ?? defaultTemplateId;

/** May a service be used there by whoever has that template (ADM-08)? */
export function decideService(service: Service, environment: Environment, templateId: string, policy: Policy): Decision {
  const allowed = templateOf(templateId, policy)?.services[service].includes(environment) === true;
  return allowed ? allow : deny('service_denied', environment === 'drive-explorer' ? 'ADM-09' : 'ADM-08', service);
}
