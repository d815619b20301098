import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHash } from '#shared/model/content.ts';
import { agentPid } from '../support/agent-pid.ts';
import type { LaunchedApp } from '../support/app.ts';
import { answerDialogs, dropFiles, fileRow, holdFiles, openDrive, startSync, transferRow } from '../support/drive-hands.ts';
import { composer, eventually, goTo, logIn, makeFile, openOffice, roomRow, type Office } from '../support/office.ts';

// Two people, one shared drive, two folders on disk, one rule. The steps build on each other.

let office: Office;
let sato: LaunchedApp;
let tanaka: LaunchedApp;
let files: string;
const folders = { sato: '', tanaka: '' };

beforeAll(async () => {
  office = await openOffice();
  files = path.join(office.folder, 'files');
  for (const who of ['sato', 'tanaka'] as const) {
    folders[who] = path.join(office.folder, `${who}-disk`);
    mkdirSync(folders[who]);
  }
  mkdirSync(files);
  sato = await office.open('sato');
  await logIn(sato.page, 'sato');
  tanaka = await office.open('tanaka');
  await logIn(tanaka.page, 'tanaka');
});
afterAll(() => office?.close());

/** Where to drop for the drive itself: a folder's row would take the files into that folder. */
const top = (app: LaunchedApp) => app.page.getByRole('grid', { name: '営業の内容' }).getByRole('columnheader', { name: '更新した人' });
const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const onDisk = (who: 'sato' | 'tanaka', name: string): string => path.join(folders[who], name);
const sha256 = (file: string): string => (existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : '');

describe('a shared drive', () => {
  it('takes three dropped files, which the other sees without a refresh and downloads byte for byte', async () => {
    await openDrive(sato.page, '営業');
    await openDrive(tanaka.page, '営業');
    const photo = makeFile(files, '現場写真.jpg', randomBytes(900_000));
    const dropped = [makeFile(files, '見積メモ.txt', '一式 120万円'), makeFile(files, '議事録.md', '# 議事録'), photo];
    await dropFiles(sato.page, top(sato), dropped);
    for (const name of ['見積メモ.txt', '議事録.md', '現場写真.jpg']) {
      await transferRow(sato.page, name)
        .getByText(/加えました/)
        .waitFor();
      await fileRow(tanaka.page, name).waitFor();
    }
    const saved = path.join(files, '保存した写真.jpg');
    await answerDialogs(tanaka, { save: saved });
    await fileRow(tanaka.page, '現場写真.jpg').click();
    await tanaka.page.getByRole('toolbar').getByRole('button', { name: '保存' }).click();
    await eventually(() => sha256(saved), sha256(photo));
  });

  it('shows the progress of an upload and lets it be cancelled: nothing of it arrives', async () => {
    const large = makeFile(files, '動画.mp4', randomBytes(40_000_000));
    process.kill(office.server().pid, 'SIGSTOP');
    try {
      await dropFiles(sato.page, top(sato), [large]);
      const row = transferRow(sato.page, '動画.mp4');
      await row.getByRole('progressbar').waitFor();
      await row.getByRole('button', { name: '動画.mp4の転送をやめる' }).click();
      await row.getByText('取りやめました').waitFor();
    } finally {
      process.kill(office.server().pid, 'SIGCONT');
    }
    await dropFiles(sato.page, top(sato), [makeFile(files, '後から.txt', 'あと')]);
    await fileRow(sato.page, '後から.txt').waitFor();
    expect(await fileRow(sato.page, '動画.mp4').count()).toBe(0);
  });

  it('keeps what was overwritten as a version and what was deleted in the trash; both come back', async () => {
    await dropFiles(sato.page, top(sato), [makeFile(files, '見積メモ.txt', '一式 135万円')]);
    await fileRow(sato.page, '見積メモ.txt').click();
    await sato.page.getByRole('radiogroup', { name: '詳細' }).getByRole('radio', { name: '版' }).click();
    const versions = sato.page.getByRole('region', { name: '版の履歴' });
    await versions.getByRole('listitem', { name: '版2' }).getByText('現在').waitFor();
    await versions.getByRole('button', { name: '版1に戻す' }).click();
    await versions.getByRole('listitem', { name: '版3' }).getByText('現在').waitFor();
    const saved = path.join(files, '戻した見積.txt');
    await answerDialogs(sato, { save: saved });
    await sato.page.getByRole('toolbar').getByRole('button', { name: '保存' }).click();
    await eventually(() => read(saved), '一式 120万円');

    await fileRow(sato.page, '議事録.md').click();
    await sato.page.keyboard.press('Delete');
    await eventually(() => fileRow(tanaka.page, '議事録.md').count(), 0);
    await sato.page.getByRole('button', { name: 'ごみ箱', exact: true }).click();
    await fileRow(sato.page, '議事録.md').click();
    await sato.page.getByRole('toolbar').getByRole('button', { name: '元に戻す' }).click();
    await fileRow(tanaka.page, '議事録.md').waitFor();
  });
});

describe('synced folders', () => {
  it('bring an edit from disk to disk and a renamed folder as a rename', async () => {
    await startSync(sato, '営業', folders.sato);
    await startSync(tanaka, '営業', folders.tanaka);
    expect(readdirSync(folders.tanaka)).toContain('見積メモ.txt');

    writeFileSync(onDisk('sato', '見積メモ.txt'), '一式 128万円（値引き後）');
    await eventually(() => read(onDisk('tanaka', '見積メモ.txt')), '一式 128万円（値引き後）');

    const { ino } = statSync(onDisk('sato', '価格表'));
    renameSync(onDisk('tanaka', '価格表'), onDisk('tanaka', '価格表_2026年度'));
    await eventually(() => existsSync(onDisk('sato', '価格表_2026年度')), true);
    expect(existsSync(onDisk('sato', '価格表'))).toBe(false);
    expect(statSync(onDisk('sato', '価格表_2026年度')).ino).toBe(ino);
  });

  it('keep both versions on both disks when both wrote while one was offline', async () => {
    await tanaka.close();
    writeFileSync(onDisk('tanaka', '議事録.md'), '# 議事録\n田中の追記');
    writeFileSync(onDisk('sato', '議事録.md'), '# 議事録\n佐藤の追記');
    await eventually(async () => (await latestText('議事録.md')).includes('佐藤の追記'), true);

    tanaka = await office.open('tanaka');
    const both = (who: 'sato' | 'tanaka') =>
      readdirSync(folders[who])
        .filter((name) => name.startsWith('議事録'))
        .map((name) => read(onDisk(who, name)))
        .toSorted();
    const wanted = ['# 議事録\n佐藤の追記', '# 議事録\n田中の追記'];
    for (const who of ['sato', 'tanaka'] as const) await eventually(() => both(who), wanted);
    expect(read(onDisk('tanaka', '議事録.md'))).toBe('# 議事録\n佐藤の追記');
    expect(readdirSync(folders.sato).find((name) => /^議事録 \(conflict .+\)\.md$/.test(name))).toBeDefined();
  });

  it('keep the version that a person chooses on both disks; the copy that is not needed any more waits in the recovery bin', async () => {
    await goTo(tanaka.page, '同期');
    const conflict = tanaka.page.getByRole('article', { name: '議事録.md' });
    await conflict.getByRole('region', { name: 'サーバーの版' }).getByText('佐藤 美咲').waitFor();
    await conflict.getByRole('region', { name: 'このPCの版' }).getByText('田中の追記').waitFor();
    await conflict.getByRole('button', { name: 'このPCの版だけ' }).click();
    await conflict.waitFor({ state: 'detached' });
    const all = (who: 'sato' | 'tanaka') => readdirSync(folders[who]).filter((name) => name.startsWith('議事録'));
    for (const who of ['sato', 'tanaka'] as const) {
      await eventually(() => all(who), ['議事録.md']);
      await eventually(() => read(onDisk(who, '議事録.md')), '# 議事録\n田中の追記');
    }
    await tanaka.page.getByRole('radio', { name: '回収ボックス' }).click();
    await tanaka.page
      .getByRole('table', { name: '回収ボックス' })
      .getByText(/議事録/)
      .first()
      .waitFor();
    await tanaka.page.getByRole('radio', { name: '状況' }).click();
  });

  it('give the disk its room back for a file, and bring the file again, without anybody else noticing', async () => {
    const photo = onDisk('tanaka', '現場写真.jpg');
    const bytes = sha256(photo);
    const choose = async (command: string) => {
      await fileRow(tanaka.page, '現場写真.jpg').click({ button: 'right' });
      await tanaka.page.getByRole('menuitem', { name: command }).click();
    };
    await openDrive(tanaka.page, '営業');
    const sign = (name: string) => fileRow(tanaka.page, '現場写真.jpg').getByRole('img', { name });
    await sign('常にこのPCに置く').waitFor();
    await choose('空き領域を増やす');
    await sign('オンラインのみ').waitFor();
    expect(existsSync(photo)).toBe(false);
    expect(sha256(onDisk('sato', '現場写真.jpg'))).toBe(bytes);
    await choose('常にこのPCに置く');
    await eventually(() => sha256(photo), bytes);
    await sign('常にこのPCに置く').waitFor();
  });
});

describe('a blocked extension', () => {
  it('is refused in Talk, Drive and sync within a second, with the reason; the file stays on disk and the server refuses it too', async () => {
    await goTo(sato.page, 'トーク');
    await roomRow(sato.page, '田中 健太').click();
    const reply = await office.call('admin', 'policy.set', { patch: { blockedExtensions: { talk: ['exe'], drive: ['exe'] } } });
    expect(reply).toMatchObject({ ok: true });
    await sato.page.waitForTimeout(1_000);

    const program = makeFile(files, '点検ツール.exe', 'MZ');
    const why = /拡張子 ?exe ?のファイルは送れません/;
    await dropFiles(sato.page, composer(sato.page, '田中 健太'), [program]);
    await sato.page.getByText(why).first().waitFor();

    await openDrive(sato.page, '営業');
    const leave = await holdFiles(sato.page, top(sato), [program]);
    await sato.page.getByText('「営業」には加えられません').waitFor();
    await sato.page.getByText(why).first().waitFor();
    await leave();
    await answerDialogs(sato, { open: program });
    await sato.page.getByRole('button', { name: 'ファイルを加える' }).click();
    await transferRow(sato.page, '点検ツール.exe').getByText(why).waitFor();
    expect(await fileRow(sato.page, '点検ツール.exe').count()).toBe(0);

    writeFileSync(onDisk('sato', '点検ツール.exe'), 'MZ');
    await goTo(sato.page, '同期');
    const skipped = sato.page.getByRole('row').filter({ has: sato.page.getByText('点検ツール.exe', { exact: true }) });
    await skipped.getByText(/拡張子exe/).waitFor();
    expect(read(onDisk('sato', '点検ツール.exe'))).toBe('MZ');
    expect(existsSync(onDisk('tanaka', '点検ツール.exe'))).toBe(false);

    const { spaceId, rootId } = await salesSpace();
    const content = { contentHash: emptyHash, sizeBytes: 0, chunks: null, modifiedAt: 0, executable: false };
    const id = '018f0000-0000-7000-8000-000000000001';
    const mutation = { kind: 'create_file', key: id, id, parentId: rootId, name: 'x.EXE', content };
    expect(await office.call('sato', 'drive.mutate', { spaceId, mutations: [mutation] })).toMatchObject({
      ok: true,
      value: { results: [{ kind: 'refused', reason: 'extension_blocked' }] },
    });
    const { rooms } = (await office.call('sato', 'talk.changes', { cursor: null })).value as { rooms: { id: string }[] };
    const message = { id, roomId: rooms[0]!.id, text: '', files: [{ name: 'x.exe', sizeBytes: 0, contentHash: emptyHash, chunks: null }] };
    expect(await office.call('sato', 'message.send', message)).toMatchObject({
      ok: false,
      error: { code: 'denied', details: { reason: 'extension_blocked' } },
    });
  });
});

describe('crashes', () => {
  it('of the server in mid-upload leave the file whole after its restart', async () => {
    const large = makeFile(files, '図面一式.zip', randomBytes(60_000_000));
    await openDrive(sato.page, '営業');
    await dropFiles(sato.page, top(sato), [large]);
    await transferRow(sato.page, '図面一式.zip').waitFor();
    await office.endServer('SIGKILL');
    await office.startServer();
    await transferRow(sato.page, '図面一式.zip')
      .getByText(/加えました/)
      .waitFor({ timeout: 90_000 });
    await eventually(() => sha256(onDisk('tanaka', '図面一式.zip')), sha256(large), 60_000);
  });

  it('of the agent lose nothing: the shell starts it again and sync goes on', async () => {
    const agent = await agentPid(sato);
    process.kill(agent!, 'SIGKILL');
    writeFileSync(onDisk('sato', '再開後.txt'), '続き');
    await eventually(() => read(onDisk('tanaka', '再開後.txt')), '続き', 60_000);
    expect(await agentPid(sato)).not.toBe(agent);
  });
});

describe('a login that was ended', () => {
  it('is taken up where it was: nothing is sent again, and what was deleted meanwhile stays deleted', async () => {
    expect(await office.call('admin', 'policy.set', { patch: { keepLogin: { pcApp: false } } })).toMatchObject({ ok: true });
    await sato.close();
    sato = await office.open('sato');
    await sato.page.getByLabel('パスワード', { exact: true }).waitFor();
    const { spaceId } = await salesSpace();
    rmSync(onDisk('tanaka', '後から.txt'));
    await eventually(async () => (await spaceFiles(spaceId)).includes('後から.txt'), false);
    const before = await spaceSequence(spaceId);

    await logIn(sato.page, 'sato');
    await eventually(() => existsSync(onDisk('sato', '後から.txt')), false);
    await goTo(sato.page, '同期');
    await sato.page.getByRole('listbox', { name: '同期しているフォルダー' }).getByRole('option').filter({ hasText: '営業' }).click();
    await sato.page
      .getByText(/確認が必要|同期済み/)
      .first()
      .waitFor();
    expect(readdirSync(folders.sato).toSorted()).toEqual([...readdirSync(folders.tanaka), '点検ツール.exe'].toSorted());
    // No change reached the server: neither an upload nor a deletion nor a name.
    expect(await spaceSequence(spaceId)).toBe(before);
  });
});

/** The shared drive 営業 as the server knows it. */
async function salesSpace(): Promise<{ spaceId: string; rootId: string }> {
  const { spaces } = (await office.call('sato', 'drive.spaces', {})).value as { spaces: { id: string; rootId: string; name: string }[] };
  const { id, rootId } = spaces.find(({ name }) => name === '営業')!;
  return { spaceId: id, rootId };
}

async function spaceSequence(spaceId: string): Promise<number> {
  const { spaces } = (await office.call('tanaka', 'drive.spaces', {})).value as { spaces: { id: string; sequence: number }[] };
  return spaces.find(({ id }) => id === spaceId)!.sequence;
}

/** The names of all files and folders of a drive, as the server knows them. */
async function spaceFiles(spaceId: string): Promise<string[]> {
  const { nodes } = (await office.call('tanaka', 'drive.changes', { spaceId, cursor: null })).value as { nodes: { name: string }[] };
  return nodes.map(({ name }) => name);
}

/** What the server holds of a small text at the top of 営業, by its size and hash against the disk of sato. */
async function latestText(name: string): Promise<string> {
  const { rootId } = await salesSpace();
  const { nodes } = (await office.call('sato', 'drive.children', { folderId: rootId })).value as {
    nodes: { name: string; content: { contentHash: string } | null }[];
  };
  const hash = nodes.find((node) => node.name === name)?.content?.contentHash;
  return hash === sha256(onDisk('sato', name)) ? read(onDisk('sato', name)) : '';
}
