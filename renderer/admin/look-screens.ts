import type { AdminScreen } from './app/screen.ts';
import { AuditScreen } from './audit/audit-screen.tsx';
import { DevicesScreen } from './devices/devices-screen.tsx';
import { OverviewScreen } from './overview/overview-screen.tsx';
import { SimulatorScreen } from './simulator/simulator-screen.tsx';
import { AdminRight } from '#shared/model/rights.ts';

/** The first screen; each of its parts shows only what one's rights show. */
export const overviewScreen: AdminScreen = {
  path: 'home',
  title: 'home',
  icon: 'home',
  group: 'first',
  right: AdminRight.options,
  screen: OverviewScreen,
};

/** The sections that look and try, and change no rule. */
export const lookScreens: readonly AdminScreen[] = [
  { path: 'simulator', title: 'simulator', icon: 'trial', group: 'look', right: AdminRight.options, screen: SimulatorScreen },
  { path: 'audit', title: 'audit', icon: 'list', group: 'look', right: 'audit', screen: AuditScreen },
  { path: 'devices', title: 'devices', icon: 'device', group: 'look', right: 'apps', screen: DevicesScreen },
];
