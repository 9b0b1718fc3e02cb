import { test, expect } from '@playwright/test';

test.describe('cart', () => {
  test('adds', () => { expect(1 + 1).toBe(2); });
  test('breaks', () => { expect(1 + 1).toBe(3); });
  test('flaps', ({}, info) => { expect(info.retry).toBe(1); });
  test.skip('later', () => {});
  test.fixme('known', () => {});
  test('only on paper', ({}, info) => { test.skip(true, 'no paper here'); });
  test('cannot work yet', () => { test.fail(); expect(1).toBe(2); });
  test('works by now', () => { test.fail(); });
  test('hangs', async () => { test.setTimeout(300); await new Promise(() => {}); });
  for (const n of [1, 2, 3])
    test(`times ${n}`, () => { expect(n).not.toBe(2); });
});

test.describe.serial('in order', () => {
  test('first', () => { throw new Error('no first step'); });
  test('second', () => {});
});
