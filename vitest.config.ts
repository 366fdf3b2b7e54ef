import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// `unit` sits beside the code; `system` holds what compares with reference tools; `e2e` and `hostile` run the built CLI,
// so dist/ is built first when it is stale. docs: CONTRIBUTING.md says where a test goes.
const E2E = ['test/commands/**/*.test.ts', 'test/e2e/**/*.test.ts', 'test/reproducible/**/*.test.ts'];
const HOSTILE = ['test/hostile/**/*.test.ts'];
// A build may compile a C library or the Rust standard library first.
const LONG_MS = 900_000;

export default defineConfig({
  test: {
    // Vitest would leave one processor to itself, and on two run nothing side by side; much of a test is waiting.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'system', include: ['test/**/*.test.ts'], exclude: [...E2E, ...HOSTILE] },
      },
      ...[
        { name: 'e2e', include: E2E },
        { name: 'hostile', include: HOSTILE },
      ].map(({ name, include }) => ({
        extends: true as const,
        test: {
          name,
          include,
          globalSetup: ['test/build-dist.ts'],
          testTimeout: LONG_MS,
          hookTimeout: LONG_MS,
        },
      })),
    ],
  },
});
