@playwright/test 1.65.1, a file that throws: playwright test --reporter=json
