vitest 1.6.1: vitest run --reporter=junit
