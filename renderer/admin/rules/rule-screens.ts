import type { AdminScreen } from '../app/screen.ts';
import { AccountRulesScreen } from './account-rules.tsx';
import { BasicRulesScreen } from './basic-rules.tsx';
import { BlockedMembersScreen } from './blocked-members.tsx';
import { DriveRulesScreen } from './drive-rules.tsx';
import { FileRulesScreen } from './file-rules.tsx';
import { LoginRulesScreen } from './login-rules.tsx';
import { NetworkRulesScreen } from './network-rules.tsx';
import { SyncRulesScreen } from './sync-rules.tsx';
import { TemplateRulesScreen } from './template-rules.tsx';
import { VersionRulesScreen } from './version-rules.tsx';

/** The sections on rules. */
export const ruleScreens: readonly AdminScreen[] = [
  { path: 'account', title: 'account', icon: 'lock', group: 'rules', right: 'security_account', screen: AccountRulesScreen },
  { path: 'logins', title: 'logins', icon: 'key', group: 'rules', right: 'security_account', screen: LoginRulesScreen },
  { path: 'network', title: 'network', icon: 'globe', group: 'rules', right: 'security_network', screen: NetworkRulesScreen },
  { path: 'files', title: 'files', icon: 'file', group: 'rules', right: 'security_files', screen: FileRulesScreen },
  { path: 'drive', title: 'drive', icon: 'folder', group: 'rules', right: 'services', screen: DriveRulesScreen },
  { path: 'sync', title: 'sync', icon: 'sync', group: 'rules', right: 'services', screen: SyncRulesScreen },
  { path: 'services', title: 'services', icon: 'talk', group: 'rules', right: 'services', screen: TemplateRulesScreen },
  { path: 'apps', title: 'apps', icon: 'download', group: 'rules', right: 'apps', screen: VersionRulesScreen },
  { path: 'blocked', title: 'blocked', icon: 'forbidden', group: 'rules', right: 'members', screen: BlockedMembersScreen },
  { path: 'basic', title: 'basic', icon: 'info', group: 'rules', right: 'basic', screen: BasicRulesScreen },
];
