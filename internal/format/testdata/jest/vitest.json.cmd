vitest 4.1.12: vitest run --reporter=json --outputFile=vitest.json
