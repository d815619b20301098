import type { AdminScreen } from './app/screen.ts';
import { peopleScreens } from './people/people-screens.ts';

/** Every section of the console, in the order of the navigation. */
export const screens: readonly AdminScreen[] = [...peopleScreens];
