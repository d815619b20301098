import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with the page as it is now, every rule on; empty when nothing. */
export async function violationsOf(page: Page): Promise<string[]> {
  const cdp = await page.context().newCDPSession(page);
  // Past the page's own policy, which rightly refuses foreign scripts.
  await cdp.send('Runtime.evaluate', { expression: axe });
  await cdp.detach();
  return page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await checker.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}
