// The tests against real FRR: `vitest run --config test/frr/vitest.config.ts`, as root, with dockerd.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // What waits for ten minutes runs by `npm run frr-expiry`.
    include:
      process.env['FRR_EXPIRY'] === undefined ? ['test/frr/**/*.test.ts'] : ['test/frr/*.slow.ts'],
    globalSetup: ['test/frr/images.ts'],
    // Each file has Docker daemons of its own; two cores are few.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
