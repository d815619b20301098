import { AdminRight } from '#shared/model/rights.ts';
import type { Role } from '#shared/model/member.ts';

const all: readonly AdminRight[] = AdminRight.options;
const operator: readonly AdminRight[] = ['basic', 'members', 'invitations', 'organisations', 'services', 'apps'];

/** What a role may open (ADM-10, ADM-11). `own` are the rights of a role that the company made itself; they never hold `roles`. */
export function rightsOf(role: Role, own: readonly AdminRight[] = []): readonly AdminRight[] {
  switch (role) {
    case 'supreme':
    case 'administrator':
      return all;
    case 'operator':
      return operator;
    case 'custom':
      return own.filter((right) => right !== 'roles');
    case 'member':
      return [];
  }
}
