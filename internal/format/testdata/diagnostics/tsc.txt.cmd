typescript 7.0.2: tsc --noEmit --strict --pretty false a.ts
