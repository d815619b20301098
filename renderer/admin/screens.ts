import type { AdminScreen } from './app/screen.ts';
import { SharedDrivesScreen } from './drives/shared-drives-screen.tsx';
import { lookScreens, overviewScreen } from './look-screens.ts';
import { peopleScreens } from './people/people-screens.ts';
import { ruleScreens } from './rules/rule-screens.ts';

/** Where files are, under the people who use them. */
const sharedDrives: AdminScreen = {
  path: 'drives',
  title: 'sharedDrives',
  icon: 'folder',
  group: 'people',
  right: 'services',
  screen: SharedDrivesScreen,
};

/** Every section of the console, in the order of the navigation. */
export const screens: readonly AdminScreen[] = [overviewScreen, ...peopleScreens, sharedDrives, ...ruleScreens, ...lookScreens];
