import type { AdminScreen } from './app/screen.ts';
import { LinksScreen } from './drives/links-screen.tsx';
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

/** What left the company by a link, or could. */
const links: AdminScreen = { path: 'links', title: 'links', icon: 'link', group: 'people', right: 'services', screen: LinksScreen };

/** Every section of the console, in the order of the navigation. */
export const screens: readonly AdminScreen[] = [overviewScreen, ...peopleScreens, sharedDrives, links, ...ruleScreens, ...lookScreens];
