import type { PermissionTemplate } from '#shared/model/rules-reach.ts';

/** The first of `template-1`, `template-2`, … that no template has. */
export function freeId(templates: readonly Pick<PermissionTemplate, 'id'>[]): string {
  const taken = new Set(templates.map(({ id }) => id));
  let number = 1;
  while (taken.has(`template-${number}`)) number += 1;
  return `template-${number}`;
}

/** The templates that cannot be saved as they are: without a name. */
export const templateFaults = (templates: readonly PermissionTemplate[]): readonly string[] =>
  templates.filter(({ name }) => name.trim() === '' || name.length > 100).map(({ id }) => id);
