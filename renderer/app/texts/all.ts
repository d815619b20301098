import type { consoleTexts } from '../../admin/texts/all.ts';
import { driveAccess } from './drive-access.ts';
import { drivePicker } from './drive-picker.ts';
import { drive } from './drive.ts';
import { explorer } from './explorer.ts';
import { frame } from './frame.ts';
import { invitation } from './invitation.ts';
import { login } from './login.ts';
import { reasons } from './reasons.ts';
import { security } from './security.ts';
import { settings } from './settings.ts';
import { states } from './states.ts';
import { syncReasons } from './sync-reasons.ts';
import { sync } from './sync.ts';
import { talk } from './talk.ts';
import { sharing } from './sharing.ts';
import { transfers } from './transfers.ts';
import { ui } from './ui.ts';
import { viewer } from './viewer.ts';

/** Every text of the product by feature; keys are the Japanese file's, English may add `_one` and `_other`. */
export const features = {
  ui,
  frame,
  login,
  invitation,
  reasons,
  states,
  talk,
  drive,
  explorer,
  drivePicker,
  driveAccess,
  transfers,
  sync,
  syncReasons,
  settings,
  security,
  sharing,
  viewer,
};

type Features = typeof features & typeof consoleTexts;
/** The keys that `t` accepts, feature by feature; the console's are known to the types alone, so the app does not carry its texts. */
export type Keys = { [Feature in keyof Features]: Features[Feature]['ja'] };

const pick = (language: 'ja' | 'en') => Object.fromEntries(Object.entries(features).map(([name, texts]) => [name, texts[language]]));

export const resources = { ja: pick('ja'), en: pick('en') };
