import type { z } from 'zod';
import type { AdminRulesContract, SimulatedAct } from '#shared/contract/admin-rules.ts';
import type { OutputOf } from '#shared/contract/operation.ts';
import type { ClientKind } from '#shared/model/policy.ts';
import type { Service } from '#shared/model/rights.ts';
import { parseAddress } from '#shared/policy/network.ts';

export const acts = ['login', 'resume', 'talk', 'drive', 'administer', 'send', 'receive'] as const;
export type ActName = (typeof acts)[number];

/** What the form holds while it is filled in. */
export interface Question {
  readonly member: string | null;
  readonly kind: ClientKind;
  readonly version: string;
  readonly address: string;
  readonly act: ActName;
  readonly service: Service;
  readonly through: boolean;
  readonly fileName: string;
  readonly megabytes: string;
  readonly externalRoom: boolean;
  readonly withDraft: boolean;
}

export const isFileAct = (act: ActName): boolean => act === 'send' || act === 'receive';
const megabyte = 1_048_576;

/** The act as `policy.simulate` takes it. */
export function actOf({ act, service, through, fileName, megabytes, externalRoom }: Question): z.input<typeof SimulatedAct> {
  switch (act) {
    case 'login':
    case 'resume':
    case 'administer':
      return { kind: act };
    case 'talk':
    case 'drive':
      return { kind: 'use', service: act };
    case 'send':
    case 'receive': {
      const size = Number(megabytes.normalize('NFKC').replaceAll(',', ''));
      return {
        kind: 'file',
        direction: act,
        service,
        ...(through ? { through: service === 'talk' ? ('drive' as const) : ('talk' as const) } : {}),
        name: fileName.trim() === '' ? 'file' : fileName,
        sizeBytes: Number.isFinite(size) && size > 0 ? Math.round(size * megabyte) : 1,
        externalRoom,
      };
    }
  }
}

/** What is missing before it can be judged. */
export const faultOf = ({ member, address }: Pick<Question, 'member' | 'address'>): 'memberNeeded' | 'addressFault' | null =>
  member === null ? 'memberNeeded' : parseAddress(address.trim()) === null ? 'addressFault' : null;

export type Simulated = OutputOf<AdminRulesContract, 'policy.simulate'>;
/** What came of a question. */
export interface Result {
  readonly question: Question;
  readonly judged: Simulated;
  /** The same under the rules in force, where unsaved ones were asked for. */
  readonly inForce: Simulated | null;
  readonly others: readonly { readonly kind: ClientKind; readonly allowed: boolean }[];
}
