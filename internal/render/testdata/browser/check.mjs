// Opens reports in Chromium and tells, as JSON, what a reader would notice.
//   node check.mjs FOLDER REPORT.html…
// FOLDER has node_modules with playwright-core and axe-core; CHROMIUM names the browser.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [folder, ...files] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'x.js'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const results = [];
for (const file of files) {
  for (const scheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width: 768, height: 900 }, colorScheme: scheme });
    const page = await context.newPage();
    const noticed = [];
    page.on('request', r => r.url().startsWith('file:') || noticed.push('request ' + r.url()));
    page.on('console', m => noticed.push('console ' + m.text()));
    page.on('pageerror', e => noticed.push('error ' + e));
    page.on('dialog', d => { noticed.push('dialog'); d.dismiss(); });
    await page.goto('file://' + path.resolve(file));

    await page.keyboard.press('Tab');
    const first = await page.evaluate(() => document.activeElement.textContent);
    if (first !== 'Skip to the content') noticed.push('the first stop of the keyboard is ' + first);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await background();
    await page.focus('#theme');
    await page.keyboard.press('Enter');
    if (await background() === before) noticed.push('the theme does not change');
    await page.keyboard.press('Enter');

    if (await page.$('#filter')) {
      const rows = () => page.evaluate(() => [...document.querySelectorAll('#files-table tbody tr')].filter(r => !r.hidden).length);
      const all = await rows();
      await page.fill('#filter', 'no such path');
      if (await rows() !== 0) noticed.push('the filter does not filter');
      await page.fill('#filter', '');
      if (await rows() !== all) noticed.push('the filter does not let go');
    }
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) noticed.push('the page is wider than the window');
    await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document));
    for (const v of violations) noticed.push(`axe ${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
    results.push({ file: path.basename(file), scheme, noticed });
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(results));
