import { describe, expect, it } from 'vitest';
import { routeOfLink } from './deep-link.ts';

describe('deep links', () => {
  it('lead to a place of the app', () => {
    expect(['hikyaku://talk/room-1', 'HIKYAKU://drive/folder_2', 'hikyaku://sync', 'hikyaku://settings/'].map(routeOfLink)).toEqual([
      '/talk/room-1',
      '/drive/folder_2',
      '/sync',
      '/settings',
    ]);
  });

  it('lead nowhere else', () => {
    const hostile = [
      'hikyaku://admin/x',
      'hikyaku://talk/a/b/c',
      'hikyaku://talk/a%2e%2eb',
      'hikyaku://talk/a%2fb',
      'hikyaku://talk/<script>',
      'hikyaku://talk/a?x=1',
      'hikyaku://talk/a#x',
      'hikyaku://user:pass@talk/a',
      'hikyaku://talk:80/a',
      'https://talk/a',
      'hikyaku:talk/a',
      `hikyaku://talk/${'a'.repeat(500)}`,
      'nonsense',
    ];
    expect(hostile.map(routeOfLink)).toEqual(hostile.map(() => null));
  });
});
