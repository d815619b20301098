import { setTimeout as delay } from 'node:timers/promises';
import { inRoot } from '../../../build/paths.ts';
import { launchApp } from '../../support/app.ts';
import { chooseEnter, composer, logIn, message, openOffice, roomRow } from '../../support/office.ts';
import { appStart, bareStart } from './cold-start.ts';
import { messageTimes } from './message-time.ts';
import { cpuSeconds, median, percentile, processTree, pssMiB } from './processes.ts';

const rounds = 5;
const restSeconds = 60;
const messages = 100;

/** One figure with the bound it is held against. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly bound: number | null;
}

/** Cold start, memory at rest and message time of the real app, a bare window of the same runtime beside it. */
export async function startFigures(): Promise<Figure[]> {
  const office = await openOffice();
  try {
    const first = await office.open('sato');
    await logIn(first.page, 'sato');
    await roomRow(first.page, '田中 健太').click();
    await composer(first.page, '田中 健太').fill('おはようございます');
    await first.page.keyboard.press('Enter');
    await chooseEnter(first.page);
    await message(first.page, 'おはようございます').first().waitFor();
    // The place where the window opens again is written down a moment later.
    await delay(1_000);
    await first.close();

    const bare: number[] = [];
    const own: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await bareStart(office.desktop));
      const { ms, app } = await appStart(office, 'sato', '田中 健太');
      own.push(ms);
      await app.close();
    }

    const window = await launchApp({ desktop: office.desktop, appFolder: inRoot('test/support/bare-app') });
    const { app } = await appStart(office, 'sato', '田中 健太');
    await delay(restSeconds * 1_000);
    const barePss = pssMiB(processTree(window.app.process().pid ?? 0));
    const pids = processTree(app.app.process().pid ?? 0);
    const ownPss = pssMiB(pids);
    const before = cpuSeconds(pids);
    await delay(10_000);
    const idlePercent = ((cpuSeconds(pids) - before) / 10) * 100;
    await window.close();

    const other = await office.open('tanaka');
    await logIn(other.page, 'tanaka');
    await roomRow(other.page, '佐藤 美咲').click();
    const times = await messageTimes(app.page, '田中 健太', other.page, '佐藤 美咲', messages);

    return [
      { name: 'Cold start, bare window', unit: 'ms', value: median(bare), bound: null },
      { name: 'Cold start, Hikyaku logged in', unit: 'ms', value: median(own), bound: median(bare) * 2.5 },
      { name: 'Memory (PSS) after 60 s, bare window', unit: 'MiB', value: barePss, bound: null },
      { name: 'Memory (PSS) after 60 s, Hikyaku', unit: 'MiB', value: ownPss, bound: barePss + 200 },
      { name: 'CPU at rest, all processes', unit: '%', value: idlePercent, bound: null },
      { name: 'Enter to painted elsewhere, median', unit: 'ms', value: median(times), bound: null },
      { name: 'Enter to painted elsewhere, p95', unit: 'ms', value: percentile(times, 0.95), bound: 100 },
    ];
  } finally {
    await office.close();
  }
}
