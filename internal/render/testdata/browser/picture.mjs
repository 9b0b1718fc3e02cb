// Takes pictures of comments and reports.
//   node picture.mjs FOLDER light|dark WIDTH HEIGHT IN.md|IN.html OUT.png [SELECTOR…]
// FOLDER has node_modules with playwright-core, markdown-it and github-markdown-css;
// CHROMIUM names the browser. Markdown is shown as GitHub shows a comment. HEIGHT 0
// takes the whole page, or what it has when it is shorter. What the selectors name
// is opened (details) before; "all" opens everything.
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [folder, scheme, width, height, input, output, ...open] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'x.js'));
const { chromium } = require('playwright-core');

function commentPage(markdown) {
  const style = fs.readFileSync(require.resolve(`github-markdown-css/github-markdown-${scheme}.css`), 'utf8');
  const markdownIt = require('markdown-it');
  const body = (markdownIt.default ?? markdownIt)({ html: true, breaks: true, linkify: false }).render(markdown)
    .replace(/<li>\[( |x)\] /g, (_, x) => `<li class="task-list-item"><input type="checkbox" disabled${x === 'x' ? ' checked' : ''}> `);
  const dark = scheme === 'dark';
  // The frame of a comment: GitHub's colours, and its 16 px around the text.
  return `<!doctype html><meta charset="utf-8"><style>${style}
    body { margin: 0; padding: 16px; background: ${dark ? '#0d1117' : '#ffffff'}; }
    .frame { border: 1px solid ${dark ? '#3d444d' : '#d1d9e0'}; border-radius: 6px; overflow: hidden; }
    .who { padding: 8px 16px; font: 14px system-ui, sans-serif; color: ${dark ? '#9198a1' : '#59636e'}; background: ${dark ? '#151b23' : '#f6f8fa'}; border-bottom: 1px solid ${dark ? '#3d444d' : '#d1d9e0'}; }
    .markdown-body { padding: 16px; font-size: 14px; }
  </style><div class="frame"><div class="who"><b>github-actions</b> bot commented</div><div class="markdown-body">${body}</div></div>`;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'] });
try {
  const context = await browser.newContext({ viewport: { width: Number(width), height: Number(height) || 600 }, colorScheme: scheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('request', r => { if (!/^(file|data|about):/.test(r.url())) throw new Error('request ' + r.url()); });
  if (input.endsWith('.md')) {
    await page.setContent(commentPage(fs.readFileSync(input, 'utf8')));
  } else {
    await page.goto('file://' + path.resolve(input));
  }
  await page.evaluate(selectors => {
    for (const s of selectors) document.querySelectorAll(s === 'all' ? 'details' : s).forEach(d => { d.open = true; });
  }, open);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) console.error(`${input} is ${wide} pixels too wide`);
  await page.screenshot({ path: output, fullPage: !Number(height), animations: 'disabled' });
} finally {
  await browser.close();
}
