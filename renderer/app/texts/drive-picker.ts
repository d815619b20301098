/** The dialog that chooses a folder or files of Drive. */
export const drivePicker = {
  ja: {
    allDrives: 'すべてのドライブ',
    noFolders: 'この中にフォルダーはありません',
    emptyFolder: 'このフォルダーは空です',
    viewOnlyDrive: '閲覧のみのドライブです。ここには保存できません。',
    whyExtension: '送れません（規則「ファイルの種類」、拡張子 {{extension}}）',
    whySize: '送れません（規則「添付の上限」、{{limit}}まで）',
    whyRule: '会社の規則により送れません',
    chooseFolder: 'フォルダーを選ぶと保存できます。',
    chooseFiles: 'ファイルを選ぶと添付できます。',
    taken: '{{count}}個・{{size}}',
  },
  en: {
    allDrives: 'All drives',
    noFolders: 'There are no folders in here',
    emptyFolder: 'This folder is empty',
    viewOnlyDrive: 'You can only view this drive. Nothing can be saved here.',
    whyExtension: 'Can’t be sent (rule: File types, {{extension}})',
    whySize: 'Can’t be sent (rule: Attachment size, {{limit}} at most)',
    whyRule: 'Your company’s rules don’t allow sending it',
    chooseFolder: 'Choose a folder to save in.',
    chooseFiles: 'Choose files to attach.',
    taken_one: '{{count}} file · {{size}}',
    taken_other: '{{count}} files · {{size}}',
  },
};
