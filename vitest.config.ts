import { defineConfig } from 'vitest/config';

// `unit` sits beside the code; `system` holds what compares with reference tools; `e2e` runs the built CLI, so dist/ is
// built first when it is stale. docs: CONTRIBUTING.md says where a test goes.
const E2E = ['test/e2e/**/*.test.ts', 'test/reproducible/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      { extends: true, test: { name: 'system', include: ['test/**/*.test.ts'], exclude: E2E } },
      {
        extends: true,
        // A build may compile a C library or the Rust standard library first.
        test: {
          name: 'e2e',
          include: E2E,
          globalSetup: ['test/build-dist.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
