import type { Page } from 'playwright-core';

/** What a person does with the explorer of Drive, and what they see chosen. */

/** A frame drawn with the mouse. */
export async function drawFrame(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 3 });
  await page.mouse.move(...to, { steps: 3 });
}

/** The names of what is chosen, in their order on the screen. */
export const chosenNames = async (page: Page): Promise<string[]> =>
  page
    .getByRole('row', { selected: true })
    .evaluateAll((rows) => rows.map((row) => row.querySelector('.file-name')?.getAttribute('title') ?? ''));
