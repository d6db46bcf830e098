import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const folder = 'dist/renderer';
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });

test('the page’s JavaScript is small', () => {
  const scripts = files.filter((file) => file.endsWith('.js'));
  const bytes = scripts.map((file) => gzipSync(readFileSync(join(folder, file))).length);
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(200_000);
});

test('the page is its own files alone: nothing inline, nothing from elsewhere', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<style|style="|<script(?![^>]*\bsrc=")|https?:/);
  const named = html.match(/(?:src|href)="[^"]+"/g) ?? [];
  expect(named.filter((each) => !/"\/assets\/[^"]+\.(js|css)"/.test(each))).toEqual([]);
  expect(named.length).toBeGreaterThan(1);
  for (const file of files.filter((each) => each.endsWith('.css')))
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/@import|url\(/);
});

test('nothing in it takes text as code or markup', () => {
  for (const file of files.filter((each) => each.endsWith('.js')))
    expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\beval\(|new Function\(/);
});
