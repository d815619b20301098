import os from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** One project per suite; `build/test/suites.ts` says how each is run and how long it may take. */
const suite = (name: string, include: string[], exclude: string[] = [], more: object = {}) => ({
  extends: true as const,
  test: { name, include, exclude: ['**/node_modules/**', ...exclude], ...more },
});

/** Suites with property tests draw from one seed; see the file. */
const seeded = { setupFiles: ['test/support/seed.ts'] };
const slow = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  // Tests also run as a user who may not write into the checkout.
  cacheDir: path.join(os.tmpdir(), `hikyaku-vitest-${os.userInfo().uid}`),
  test: {
    environment: 'node',
    passWithNoTests: false,
    restoreMocks: true,
    projects: [
      suite(
        'unit',
        ['{shared,server,renderer,build,electron/main,electron/preload}/**/*.test.{ts,tsx}', 'test/*.test.ts', 'test/support/**/*.test.ts'],
        [],
        { testTimeout: 30_000, ...seeded },
      ),
      suite('property', ['test/property/**/*.test.ts'], [], { ...slow, ...seeded }),
      suite('sim', ['test/sim/**/*.test.ts'], [], { ...slow, ...seeded }),
      suite('store', ['test/store/**/*.test.ts', 'test/suites/**/*.test.ts'], [], slow),
      suite(
        'agent',
        ['electron/agent/**/*.test.ts', 'test/agent/**/*.test.ts', 'test/matrix/**/*.test.ts', 'test/guards/**/*.test.ts'],
        [],
        { ...slow, ...seeded },
      ),
      suite('server', ['test/server/**/*.test.ts'], [], slow),
      suite('mount', ['test/mount/**/*.test.ts'], [], { fileParallelism: false, ...slow }),
      suite('e2e', ['test/e2e/**/*.test.ts'], [], {
        fileParallelism: false,
        testTimeout: 180_000,
        hookTimeout: 180_000,
      }),
    ],
  },
});
