import { test } from '@playwright/test';
throw new Error('this file cannot be loaded');
