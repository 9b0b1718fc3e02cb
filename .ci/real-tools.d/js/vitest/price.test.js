import { describe, test, expect } from 'vitest';

let runs = 0;
describe('price', () => {
  test('adds', () => { expect(1 + 1).toBe(2); });
  test('breaks', () => { expect(1 + 1).toBe(3); });
  test.skip('later', () => {});
  test.todo('to be written');
  test.fails('cannot work yet', () => { expect(1).toBe(2); });
  test.fails('works by now', () => {});
  test.each([1, 2, 3])('times %i', (n) => { expect(n).not.toBe(2); });
  test('flaps', { retry: 1 }, () => { runs += 1; expect(runs).toBe(2); });
});
