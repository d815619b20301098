import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Policy } from '#shared/model/policy.ts';
import { confirmIdentity, type ConsoleOffice } from './console.ts';

/** What `policy.get` answers, as far as these tests look. */
export interface InForce {
  readonly revision: number;
  readonly policy: Policy;
  readonly pending: { readonly revision: number; readonly revertsAt: number } | null;
}

/** The rules in force, past the console. */
export async function rulesInForce(office: ConsoleOffice): Promise<InForce> {
  const { body } = await office.administer('policy.get', {});
  expect(body.error ?? null).toBeNull();
  return body.value as InForce;
}

/** The row of one rule. */
export const rule = (page: Page, path: string): Locator => page.locator(`[data-rule="${path}"]`);

/** Chooses a value from a rule's list by its text. */
export const choose = async (page: Page, path: string, text: string): Promise<void> =>
  void (await rule(page, path).locator('select').selectOption({ label: text }));

/** Turns a rule's switch. */
export const turn = (page: Page, path: string): Promise<void> => rule(page, path).getByRole('switch').click();

/** Saves by the keyboard, and proves who one is where that is asked. Ends when nothing is unsaved any more. */
export async function saveRules(page: Page): Promise<void> {
  await page.keyboard.press('Control+s');
  const asked = page.getByRole('dialog', { name: '本人確認' });
  const saved = page.locator('.toast').filter({ hasText: '規則を保存しました' });
  await asked.or(saved).first().waitFor();
  if (await asked.isVisible()) await confirmIdentity(page);
  await saved.waitFor();
}

/** Closes every toast, so that the next one is the next act's. */
export async function closeToasts(page: Page): Promise<void> {
  const close = page.locator('.toast').getByRole('button', { name: '閉じる' });
  while ((await close.count()) > 0) await close.first().click();
}

/** Finds a member in a field that does so, and takes them. */
export async function pickMember(page: Page, label: string, name: string): Promise<void> {
  const field = page.getByRole('combobox', { name: label });
  await field.click();
  await field.fill(name);
  await page.getByRole('option', { name }).first().click();
}
