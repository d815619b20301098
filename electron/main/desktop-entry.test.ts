import { expect, it } from 'vitest';
import { autoStartEntry } from './desktop-entry.ts';

it('quotes the program so that its path starts nothing else', () => {
  expect(autoStartEntry('/opt/a b/$(x)"%f').split('\n')).toContain('Exec="/opt/a b/\\$(x)\\"%%f" --hidden');
});
