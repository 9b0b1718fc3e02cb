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

// What must not reach a reader's eyes unseen: controls, and what turns text round.
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

async function keyboard(page, notice) {
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.textContent);
  if (first !== 'Skip to the content') notice('the first stop of the keyboard is ' + first);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await background();
  await page.focus('#theme');
  await page.keyboard.press('Enter');
  if (await background() === before) notice('the theme does not change');
  await page.keyboard.press('Enter');
  if (!await page.$('.file')) return;
  await page.focus('.file > summary');
  await page.keyboard.press('Enter');
  if (!await page.evaluate(() => document.querySelector('.file').open && document.querySelector('.file :is(.diff, .ranges)').offsetHeight > 0)) notice('a file does not open by the keyboard');
}

async function filter(page, notice) {
  if (!await page.$('#filter')) return;
  const total = async () => Number((await page.textContent('#shown')).split(' ')[2]);
  const shown = () => page.evaluate(() => [...document.querySelectorAll('.file')].filter(f => !f.hidden).length);
  const all = await shown();
  await page.fill('#filter', 'no such path');
  if (await shown() !== 0) notice('the filter does not filter');
  const last = await page.evaluate(() => [...document.querySelectorAll('.file, script[data-file]')].pop().dataset.file);
  await page.fill('#filter', '');
  if (await shown() !== all) notice('the filter does not let go');
  if (await total() > all && !await page.isVisible('#more')) notice('not all files are shown, and nothing shows more');
  for (const flag of ['risk', 'untested', 'later', 'found']) {
    const want = await page.evaluate(f => [...document.querySelectorAll('.file, script[data-file]')].filter(e => e.dataset.flags.split(' ').includes(f)).length, flag);
    await page.check(`[data-flag=${flag}]`);
    if (Number((await page.textContent('#shown')).split(' ')[0]) !== want) notice(`the filter for ${flag} does not show ${want} files`);
    await page.uncheck(`[data-flag=${flag}]`);
  }
  if (last) { // a file that is text until it is asked for
    await page.evaluate(id => { location.hash = '#' + id; }, last);
    if (!await page.waitForFunction(id => document.getElementById(id)?.open, last, { timeout: 5000 }).catch(() => false)) notice(`an address does not lead to ${last}`);
  }
}

// Every link inside of the page leads to something that is then seen.
async function links(page, notice, most) {
  const all = await page.evaluate(() => [...new Set([...document.querySelectorAll("a[href^='#']")].map(a => a.hash))]);
  for (const hash of all.slice(0, most)) {
    await page.evaluate(h => { location.hash = h; }, hash);
    const seen = await page.waitForFunction(h => {
      const e = document.getElementById(h.slice(1));
      return e && e.checkVisibility({ contentVisibilityAuto: false });
    }, hash, { timeout: 5000 }).catch(() => false);
    if (!seen) notice(`the link to ${hash} shows nothing`);
  }
}

async function print(page, notice) {
  await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = false; }));
  await page.evaluate(() => addEventListener('beforeprint', () => { window.folded = document.querySelectorAll('details:not([open])').length + document.querySelectorAll('script.later').length; }));
  await page.pdf();
  if (await page.evaluate(() => window.folded) !== 0) notice('something is folded on paper');
  if (await page.evaluate(() => document.querySelectorAll('details[open]').length) !== 0) notice('what was printed stays open');
}

// In the dark only what colours can change is looked at again, and of a page of
// many files only what their number can change.
async function look(page, file, notice, dark, large) {
  await page.goto('file://' + path.resolve(file));
  const title = await page.title();
  await keyboard(page, notice);
  if (!dark) {
    await filter(page, notice);
    await links(page, notice, large ? 20 : 200);
    if (!large) await print(page, notice);
  }
  if (large) return;
  await page.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) notice('the page is wider than the window');
  const odd = await page.evaluate(source => [...document.querySelectorAll('body *')].filter(e => !e.children.length && !e.matches('script') && new RegExp(source).test(e.textContent)).map(e => e.outerHTML)[0], unseen.source);
  if (odd) notice('something that is not seen stands in ' + odd.slice(0, 200));
  if (await page.title() !== title) notice('the title was changed');
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  for (const v of violations) notice(`axe ${v.id}: ${v.nodes[0].html.slice(0, 200)} ${v.nodes[0].failureSummary}`);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
const results = [];
for (const file of files) {
  const large = fs.statSync(file).size > 5 << 20;
  for (const scheme of ['light', 'dark']) {
    const context = await browser.newContext({ viewport: { width: 768, height: 900 }, colorScheme: scheme });
    const page = await context.newPage();
    const noticed = [];
    const notice = what => noticed.push(what);
    page.on('request', r => r.url().startsWith('file:') || notice('request ' + r.url()));
    page.on('console', m => notice('console ' + m.text()));
    page.on('pageerror', e => notice('error ' + e));
    page.on('dialog', d => { notice('dialog'); d.dismiss(); });
    await look(page, file, notice, scheme === 'dark', large);
    results.push({ file: path.basename(file), scheme, noticed });
    await context.close();
  }
}
await browser.close();
console.log(JSON.stringify(results));
