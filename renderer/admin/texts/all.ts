import { frame } from '../../app/texts/frame.ts';
import { login } from '../../app/texts/login.ts';
import { reasons } from '../../app/texts/reasons.ts';
import { ui } from '../../app/texts/ui.ts';
import { console } from './console.ts';
import { drives } from './drives.ts';
import { fileRules } from './file-rules.ts';
import { members } from './members.ts';
import { network } from './network.ts';
import { people } from './people.ts';
import { ruleNames } from './rule-names.ts';
import { rules } from './rules.ts';
import { singleSignOn } from './single-sign-on.ts';
import { simulator } from './simulator.ts';
import { audit } from './audit.ts';
import { devices } from './devices.ts';
import { overview } from './overview.ts';

/** The texts of the console's own screens, one name a file. */
export const consoleTexts = {
  console,
  drives,
  fileRules,
  members,
  network,
  people,
  ruleNames,
  rules,
  singleSignOn,
  simulator,
  audit,
  devices,
  overview,
};

const all = { ui, frame, login, reasons, ...consoleTexts };
const pick = (language: 'ja' | 'en') => Object.fromEntries(Object.entries(all).map(([name, texts]) => [name, texts[language]]));

/** What `makeTexts` takes for the console: its own texts, and those of the app that both show. */
export const consoleResources = { ja: pick('ja'), en: pick('en') };
