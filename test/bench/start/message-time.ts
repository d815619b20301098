import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { composer, conversation } from '../../support/office.ts';

/** Between two messages, in milliseconds: faster than anybody writes, yet each finds the apps at rest. */
const pauseMs = 250;

/**
 * Milliseconds from Enter in one app to the text painted in the other, over one wall clock: both apps run on this PC.
 * @returns one value a message
 */
export async function messageTimes(from: Page, toName: string, to: Page, fromName: string, count: number): Promise<number[]> {
  await conversation(to, fromName).waitFor();
  const field = composer(from, toName);
  await field.click();
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const text = `計測 ${index} ${Date.now()}`;
    const seen = to.evaluate(
      ([wanted]) =>
        new Promise<number>((resolve) => {
          const look = () => {
            const log = document.querySelector('[role=log]');
            if (log?.textContent.includes(wanted!) !== true) return false;
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now())));
            return true;
          };
          const observer = new MutationObserver(() => look() && observer.disconnect());
          if (!look()) observer.observe(document.body, { childList: true, subtree: true, characterData: true });
        }),
      [text],
    );
    await field.fill(text);
    await from.evaluate(() => {
      const note = (event: KeyboardEvent) => {
        if (event.key !== 'Enter') return;
        Object.assign(window, { enterAt: Date.now() });
        window.removeEventListener('keydown', note, true);
      };
      window.addEventListener('keydown', note, true);
    });
    await from.keyboard.press('Enter');
    const at = await from.evaluate(() => (window as unknown as { enterAt: number }).enterAt);
    times.push((await seen) - at);
    await delay(pauseMs);
  }
  return times;
}
