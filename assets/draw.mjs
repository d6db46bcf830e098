// Draws every icon of the app from the shapes below: `npm run icons`. The mark is a fairlead, the ring on a ship's deck that
// keeps a line running where it should; here the line comes from a client and goes out to a container.
import { mkdirSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { chromiumProgram } from '../test/support/electron/chromium-program.mjs';

const here = (name) => new URL(name, import.meta.url).pathname;

const blue = '#3b82f6';
const grey = '#8b93a1';
const amber = '#f59e0b';
const red = '#ef4444';

let masks = 0;
/** A drawing without what lies under a shape, so that what comes over it stands free. @param shape in black */
const without = (shape, drawing) => {
  masks += 1;
  const id = `m${masks}`;
  return `<mask id="${id}"><rect width="16" height="16" fill="#fff"/>${shape}</mask><g mask="url(#${id})">${drawing}</g>`;
};
const circle = (colour, radius, width) =>
  `<circle cx="8" cy="8" r="${radius}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
const line = (colour, width) =>
  `<path d="M1 12c3 0 4.5-1.5 6-3.5s3.5-4.5 8-4.5" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`;
/** The same as in the window (renderer/app/mark.tsx), a little stronger in its line. */
const mark = (colour) => without(line('#000', 3.2), circle(colour, 4.6, 2.2)) + line(colour, 1.6);

/** Each on 16 × 16. @param template all black: macOS gives it its colour */
const drawings = {
  idle: (colour) => mark(colour),
  traffic: (colour) =>
    without('<circle cx="8" cy="8" r="3.9" fill="#000"/>', circle(colour, 5.2, 2) + line(colour, 1.6)) +
    `<circle cx="8" cy="8" r="2.5" fill="${colour}"/>`,
  'needs-you': (colour, template) =>
    without('<circle cx="12.6" cy="12.6" r="4.4" fill="#000"/>', mark(colour)) +
    `<circle cx="12.6" cy="12.6" r="3.1" fill="${template ? colour : amber}"/>`,
  paused(colour, template) {
    const shown = template ? colour : grey;
    const bars = `<path d="M6.2 5.6v4.8M9.8 5.6v4.8" stroke="${shown}" stroke-width="1.8" stroke-linecap="round"/>`;
    return circle(shown, 6.4, 1.8) + bars;
  },
  'core-down'(colour, template) {
    const stroke = (of, width) =>
      `<path d="M3 3l10 10" stroke="${of}" stroke-width="${width}" stroke-linecap="round"/>`;
    const ring = circle(template ? colour : grey, 4.8, 2.2);
    return without(stroke('#000', 4.4), ring) + stroke(template ? colour : red, 1.8);
  },
};

const svg = (content, size, box = 16) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${box} ${box}">${content}</svg>`;

/** On macOS an app's icon leaves a margin for its shadow. */
const appIcon = `
  <defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1">
    <stop offset="0" stop-color="#4b8bf5"/><stop offset="1" stop-color="#1d55c4"/>
  </linearGradient></defs>
  <rect x="100" y="100" width="824" height="824" rx="186" fill="url(#g)"/>
  <g transform="translate(232 232) scale(35)">${mark('#fff')}</g>`;

const browser = await chromium.launch({ executablePath: chromiumProgram(), chromiumSandbox: false });
const page = await browser.newPage();
const draw = async (picture, size, file) => {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${picture}`);
  writeFileSync(here(file), await page.screenshot({ omitBackground: true }));
};

mkdirSync(here('tray'), { recursive: true });
for (const [state, drawing] of Object.entries(drawings)) {
  for (const [size, suffix] of [
    [16, ''],
    [32, '@2x'],
  ]) {
    await draw(svg(drawing(blue, false), size), size, `tray/${state}${suffix}.png`);
    await draw(svg(drawing('#000', true), size), size, `tray/${state}Template${suffix}.png`);
  }
}
await draw(svg(appIcon, 1024, 1024), 1024, 'icon.png');
await browser.close();
