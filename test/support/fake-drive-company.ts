import type { WorkspaceEvent } from '#shared/contract/workspace.ts';
import type { SyncTransfer } from '#shared/contract/sync-care.ts';
import type { SyncIssue } from '#shared/contract/sync.ts';
import { FakeDrive } from './fake-drive.ts';
import { fakeRoot } from './fake-sync.ts';

const accountId = 'account-1';

/** The Drive and the synced folders of the company in `fake-company.ts`, as the pictures of the documentation show them. */
export function fakeDriveCompany(now: number, emit: (event: WorkspaceEvent) => void): FakeDrive {
  const drive = new FakeDrive(accountId, 'saeki', emit);
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const at = (daysAgo: number, hour: number, minute: number) => midnight - daysAgo * 86_400_000 + (hour * 60 + minute) * 60_000;
  drive.blocked = ['exe'];
  drive.addSpace('plan', 'shared', '営業企画');
  drive.addSpace('equip', 'shared', '設備設計');
  drive.addSpace('quality', 'shared', '品質保証', 'read');
  drive.addSpace('mine', 'my', 'マイドライブ');
  const folder = (parent: string, name: string, id: string, time = at(1, 18, 6)) => drive.add(parent, name, null, time, 'todo', 1, id);
  folder('equip-root', '共通図面', 'drawings');
  folder('equip-root', '第2工場', 'plant');
  folder('equip-root', '保全記録', 'upkeep');
  folder('plant', '01_契約', 'contracts', at(18, 17, 20));
  folder('plant', '02_図面', 'plans');
  folder('plant', '03_見積', 'quotes', at(0, 11, 42));
  drive.add('quality-root', '校正記録.pdf', 40_960, at(1, 9, 0), 'todo');
  drive.add('plant', '2F_レイアウト_B案.dwg', 12_373_197, at(1, 15, 31), 'todo');
  drive.add('plant', '搬入スケジュール_第3版.xlsx', 253_952, at(0, 9, 2), 'takanashi', 8, 'schedule');
  drive.add('plant', '床荷重計算書_rev3.pdf', 3_565_158, at(0, 11, 42), 'saeki', 2, 'loads');
  drive.add('plant', '工程表（久保田さんのPC 11-20 10.48）.xlsx', 98_304, at(0, 10, 48), 'kubota');
  drive.add('plant', '搬入口_北側_03.jpg', 3_040_870, at(3, 14, 12), 'miura');
  drive.add('plant', '立会い議事録_2026-11-13.docx', 65_536, at(7, 18, 55), 'onodera');
  drive.add('plant', '測量データ_原本.zip', 1_524_713_390, at(11, 10, 4), 'miura');
  drive.add('plant', '守衛室への連絡文.docx', 31_744, at(0, 11, 41), 'morishita');

  const root = (rootId: string, spaceId: string, spaceName: string) => ({ rootId, accountId, spaceId, spaceName, lastAnswerAt: now });
  drive.roots = [
    fakeRoot({ ...root('r1', 'equip', '設備設計'), state: 'attention', issues: 6 }),
    fakeRoot(root('r2', 'plan', '営業企画')),
    fakeRoot({
      ...root('r3', 'mine', 'マイドライブ'),
      spaceKind: 'my',
      state: 'syncing',
      doneFiles: 41,
      pendingFiles: 15,
      pendingBytes: 111_882_076,
      bytesPerSecondUp: 419_430,
      bytesPerSecondDown: 4_089_446,
      remainingSeconds: 27,
    }),
    fakeRoot({ ...root('r4', 'x4', '見積レビュー'), state: 'attention', issues: 1, halted: 'root_missing' }),
    fakeRoot({ ...root('r5', 'x5', '校正記録'), state: 'paused' }),
    fakeRoot({ ...root('r6', 'x6', '全社共有'), state: 'unstable' }),
  ];
  const issue = (path: string, kind: SyncIssue['kind'], reason: string, more: Partial<SyncIssue> = {}): SyncIssue => ({
    rootId: 'r1',
    path,
    kind,
    reason,
    subject: null,
    otherPath: null,
    at: at(0, 10, 48),
    ...more,
  });
  drive.issues = [
    issue('第2工場/工程表.xlsx', 'conflict', 'both_changed', {
      otherPath: '第2工場/工程表 (conflict SAEKI-NOTE 2026-11-20 10.48.00).xlsx',
    }),
    issue('', 'guard', 'mass_delete_there', { subject: '214' }),
    issue('点検ツール設定.exe', 'skipped', 'extension_blocked', { subject: 'exe' }),
    issue('仕様：最終?.docx', 'skipped', 'name_mapped', { otherPath: '仕様：最終_.docx' }),
    issue('月次集計.xlsx', 'failed', 'in_use'),
    issue('測量データ_原本.zip', 'failed', 'disk_full'),
    issue('測定.bin', 'failed', 'a_reason_of_a_newer_agent'),
  ];
  drive.activity = [
    { rootId: 'r1', path: '第2工場/搬入スケジュール_第3版.xlsx', action: 'downloaded', at: at(0, 9, 2) },
    { rootId: 'r1', path: '第2工場/床荷重計算書_rev3.pdf', action: 'uploaded', at: at(0, 11, 40) },
    { rootId: 'r1', path: '第2工場/旧図面', action: 'moved_here', at: at(1, 16, 6) },
  ];
  const schedule = drive.get('schedule');
  const copy = '第2工場/工程表 (conflict SAEKI-NOTE 2026-11-20 10.48.00).xlsx';
  drive.care.set('r1', {
    queue: [],
    conflicts: [
      {
        conflictId: 'c1',
        at: at(0, 10, 48),
        theirs: {
          nodeId: schedule.id,
          version: schedule.version,
          path: '第2工場/工程表.xlsx',
          sizeBytes: 96_256,
          modifiedAt: at(0, 10, 31),
          by: 'takanashi',
        },
        mine: { nodeId: null, version: null, path: copy, sizeBytes: 98_304, modifiedAt: at(0, 10, 48), by: 'saeki' },
      },
    ],
    recovered: [
      { itemId: 'k1', path: '第2工場/旧仕様.docx', sizeBytes: 65_536, at: at(1, 9, 12), why: 'deleted', expiresAt: at(-29, 9, 12) },
      { itemId: 'k2', path: '第2工場/工程表.xlsx', sizeBytes: 94_208, at: at(0, 10, 31), why: 'replaced', expiresAt: at(-30, 10, 31) },
    ],
  });
  const transfer = (itemId: string, path: string, sizeBytes: number, more: Partial<SyncTransfer>): SyncTransfer => ({
    itemId,
    path,
    way: 'up',
    state: 'waiting',
    doneBytes: 0,
    sizeBytes,
    first: false,
    reason: null,
    nextTryAt: null,
    ...more,
  });
  drive.care.set('r3', {
    queue: [
      transfer('q1', '写真/搬入口_北側_03.jpg', 3_040_870, { state: 'running', doneBytes: 2_100_000 }),
      transfer('q2', '2F_レイアウト_B案.dwg', 12_373_197, { state: 'running', way: 'down', doneBytes: 4_000_000 }),
      transfer('q3', '月次集計.xlsx', 253_952, { state: 'retrying', reason: 'in_use', nextTryAt: now + 12_000 }),
      transfer('q4', '議事録/立会い議事録.docx', 65_536, {}),
      transfer('q5', '測量データ_原本.zip', 1_524_713_390, { way: 'down' }),
    ],
    conflicts: [],
    recovered: [],
  });
  const pc = (deviceId: string, name: string, lastSeenAt: number, current: boolean) => ({
    deviceId,
    name,
    platform: 'Windows 11',
    since: at(40, 9, 0),
    lastSeenAt,
    current,
  });
  drive.pcs = [pc('d1', 'SAEKI-NOTE', now, true), pc('d2', 'SAEKI-DESK', at(1, 18, 20), false)];
  drive.keeps.set('schedule', 'always');
  drive.keeps.set('plans', 'online_only');
  return drive;
}
