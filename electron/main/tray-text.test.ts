import { describe, expect, it } from 'vitest';
import type { SyncState } from '#shared/contract/sync.ts';
import { languageOf, textsOf } from './texts.ts';
import { sizeText, trayLine, trayState, trayTooltip, type Status } from './tray-text.ts';

const status = (sync: SyncState, more: Partial<Status> = {}): Status => ({ unread: 0, mentions: 0, sync, online: true, ...more });
const at = () => '11:42';
const japanese = (known: Parameters<typeof trayLine>[0]) => trayLine(known, textsOf('ja'), at);

describe('the tray', () => {
  it('says what was answered, and when (EXP-09)', () => {
    expect(japanese(status('idle', { lastAnswerAt: 1, roots: 1 }))).toBe('すべて同期済みです（11:42確認）');
    expect(japanese(status('done', { doneFiles: 56 }))).toBe('56件の同期が終わりました');
    expect(japanese(status('syncing', { pendingFiles: 16, pendingBytes: 31_600_000 }))).toBe('あと16件・31.6 MB');
    expect(japanese(status('attention', { issues: 3 }))).toBe('3件の確認が必要です');
    expect(japanese(status('paused'))).toBe('一時停止しています');
    expect(japanese(status('logged_out'))).toBe('ログインしてください');
    expect(japanese(status('unstable', { lastAnswerAt: 1 }))).toBe('11:42から応答がありません');
    expect(trayLine(status('attention', { issues: 1 }), textsOf('en'), at)).toBe('1 item needs you');
  });

  it('never claims to be in step without an answer', () => {
    const offline = status('idle', { online: false, lastAnswerAt: 1 });
    expect([trayState(offline), japanese(offline)]).toEqual(['unstable', '11:42から応答がありません']);
    expect([trayState('starting'), japanese('starting')]).toEqual(['unstable', '確認しています']);
    expect([trayState('stopped'), japanese('stopped')]).toEqual(['attention', '処理が止まっています']);
  });

  it('claims nothing about folders where there are none', () => {
    expect(japanese(status('idle', { roots: 0, lastAnswerAt: 1 }))).toBe('同期するフォルダーはまだありません');
    expect(japanese(status('idle', { lastAnswerAt: 1 }))).toBe('サーバーにつながっています（11:42確認）');
  });

  it('adds what is unread to the tooltip', () => {
    expect(trayTooltip(status('paused', { unread: 14, mentions: 1 }), textsOf('ja'), at)).toBe(
      'Hikyaku\n一時停止しています\n未読 14、自分あて 1',
    );
    expect(trayTooltip(status('paused'), textsOf('en'), at)).toBe('Hikyaku\nPaused');
  });

  it('writes sizes short', () => {
    expect([0, 999, 1_000, 248_000, 31_640_000, 4.2e9].map(sizeText)).toEqual(['0 B', '999 B', '1 KB', '248 KB', '31.6 MB', '4.2 GB']);
  });

  it('speaks the OS’s language unless the person chose one', () => {
    expect([languageOf('system', 'ja-JP'), languageOf('system', 'de'), languageOf('en', 'ja')]).toEqual(['ja', 'en', 'en']);
  });
});
