import type { AdminScreen } from './app/screen.ts';
import { lookScreens, overviewScreen } from './look-screens.ts';
import { peopleScreens } from './people/people-screens.ts';
import { ruleScreens } from './rules/rule-screens.ts';

/** Every section of the console, in the order of the navigation. */
export const screens: readonly AdminScreen[] = [overviewScreen, ...peopleScreens, ...ruleScreens, ...lookScreens];
