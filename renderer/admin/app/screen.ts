import type { ComponentType } from 'react';
import type { AdminRight } from '#shared/model/rights.ts';
import type { IconName } from '../../ui/icon.tsx';
import type { consoleTexts } from '../texts/all.ts';

/** One section of the console. */
export interface AdminScreen {
  /** The first part of its address: `members` is `/admin/members`. */
  readonly path: string;
  /** Its name in the texts of the console (`texts/console.ts`). */
  readonly title: keyof typeof consoleTexts.console.ja;
  readonly icon: IconName;
  /** Where it stands in the navigation. `first` is above the groups. */
  readonly group: 'first' | 'people' | 'rules' | 'look';
  /** Who sees it: those with this right, or with any of several (ADM-10). */
  readonly right: AdminRight | readonly AdminRight[];
  /** Gets the parts of the address after its own: `['ID']` for `/admin/members/ID`. */
  readonly screen: ComponentType<{ path: readonly string[] }>;
}

/** Whether somebody with these rights may see the section. */
export const isOpenTo = ({ right }: AdminScreen, rights: readonly AdminRight[]): boolean =>
  (typeof right === 'string' ? [right] : right).some((one) => rights.includes(one));
