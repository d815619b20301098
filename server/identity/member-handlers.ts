import type { AppendAudit, Services } from '../context.ts';
import { directoryActs } from './directory-acts.ts';
import { firstPasswordLinks, type LinkOptions } from './first-password.ts';
import { memberActs } from './member-acts.ts';
import { memberDeleteHandlers, type MemberDeletion } from './member-delete-handlers.ts';
import { memberDetailHandlers, type IdentitiesOf, type MemberDetailHandlers } from './member-details-handlers.ts';
import { memberImportHandlers, type MemberImport } from './member-import.ts';
import { memberMakeHandlers, type MemberMaking } from './member-make-handlers.ts';
import { memberStateHandlers, type MemberStates } from './member-state-handlers.ts';
import type { Sessions } from './sessions.ts';

export type MemberAdministration = MemberDetailHandlers & MemberMaking & MemberImport & MemberStates & MemberDeletion;

export interface MemberOptions extends LinkOptions {
  readonly audit: AppendAudit;
  readonly identitiesOf: IdentitiesOf;
  readonly sessions: Pick<Sessions, 'endAll' | 'announceEnd'>;
}

/** Administrators make, look into, change, suspend, block and delete members (ADM-01, ADM-03, ACC-08, ACC-43…47). */
export function memberHandlers(
  services: Services,
  { audit, sessions, mail, publicUrl, identitiesOf }: MemberOptions,
): MemberAdministration {
  const { database, bus } = services;
  const runMemberAct = memberActs(database, audit);
  const runAct = directoryActs(services, audit);
  const announce = (tenantId: string, audience: readonly string[] | null = null): void =>
    bus.publish({ tenantId, audience, event: { type: 'directory.changed' } });
  const links = firstPasswordLinks(services, { mail, publicUrl });

  return {
    ...memberDetailHandlers(services, identitiesOf),
    ...memberMakeHandlers(services, { runAct, runMemberAct, announce, links }),
    ...memberImportHandlers(services, { runAct, announce, links }),
    ...memberStateHandlers(services, { runAct, runMemberAct, announce, sessions }),
    ...memberDeleteHandlers(services, { runMemberAct, announce, sessions }),
  };
}
