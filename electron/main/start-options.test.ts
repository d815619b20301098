import { describe, expect, it } from 'vitest';
import { parseStartOptions } from './start-options.ts';

describe('start options', () => {
  it('reads ours among those of Chromium', () => {
    const argv = [
      '/usr/bin/electron',
      '--no-sandbox',
      '/app',
      '--server',
      'http://127.0.0.1:1',
      '--profile=/tmp/b',
      '--hidden',
      'hikyaku://talk/1',
    ];
    expect(parseStartOptions(argv)).toEqual({ server: 'http://127.0.0.1:1', profile: '/tmp/b', hidden: true, link: 'hikyaku://talk/1' });
  });

  it('takes an option without a value for absent', () => {
    expect(parseStartOptions(['electron', '--profile', '--server'])).toEqual({ server: null, profile: null, hidden: false, link: null });
  });
});
