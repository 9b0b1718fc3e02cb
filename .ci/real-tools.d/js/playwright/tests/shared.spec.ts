import { test, expect } from '@playwright/test';

test('on every project', () => { expect(true).toBe(true); });
