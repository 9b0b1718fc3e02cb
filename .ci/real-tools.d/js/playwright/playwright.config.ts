import { defineConfig } from '@playwright/test';

// The folder and the report are those of the run; the browser is that of the
// machine.
export default defineConfig({
  testDir: process.env.TEST_DIR ?? 'tests',
  retries: 1,
  workers: 1,
  reporter: [['json', { outputFile: process.env.REPORT ?? 'playwright.json' }]],
  use: { launchOptions: { executablePath: process.env.CHROMIUM } },
  projects: [{ name: 'chromium' }, { name: 'again', testMatch: /shared/ }],
});
