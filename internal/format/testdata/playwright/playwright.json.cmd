@playwright/test 1.65.1, Chromium 156, retries 1: playwright test --reporter=json
