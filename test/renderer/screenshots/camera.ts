/** Takes pictures of a page, light and dark, that are of no particular machine. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';

export const folder = resolve('docs/screenshots');
export const schemes = ['light', 'dark'] as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a text of this machine is in the picture. */
export type Retold = readonly (readonly [from: string, to: string])[];

const sharpness = 1.5;

export interface Camera {
  /** `<name>-light.png` and `<name>-dark.png`. */
  take(name: string, size?: Size): Promise<void>;
}

/** @param retold is asked before each picture */
export async function openCamera(page: Page, size: Size, retold: () => Retold): Promise<Camera> {
  const session = await page.context().newCDPSession(page);
  const cut = ({ width, height }: Size) =>
    session.send('Emulation.setDeviceMetricsOverride', {
      ...{ width, height, deviceScaleFactor: sharpness, mobile: false },
    });
  await cut(size);
  return {
    async take(name, own = size) {
      await cut(own);
      await page.evaluate(() => document.fonts.ready);
      // Nothing is pointed at.
      await page.mouse.move(own.width / 8, own.height * 0.7);
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(250);
        await page.evaluate(retell, retold());
        const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
        writePicture(`${name}-${colorScheme}`, Buffer.from(data, 'base64'));
      }
      await cut(size);
    },
  };
}

/** Runs in the page. */
function retell(retold: Retold): void {
  const told = (text: string) => retold.reduce((sum, [from, to]) => sum.replaceAll(from, to), text);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() !== null) {
    const { currentNode: node } = texts;
    const text = told(node.nodeValue ?? '');
    if (text !== node.nodeValue) node.nodeValue = text;
  }
  for (const input of document.querySelectorAll('input, textarea')) {
    const field = input as HTMLInputElement;
    const text = told(field.value);
    if (text !== field.value) field.value = text;
  }
}

/** With 256 colours it is a third of the size, and looks the same: where there is a program for that. */
function writePicture(name: string, png: Buffer): void {
  const small = spawnSync('pngquant', ['--quality', '80-98', '--speed', '1', '--strip', '-'], { input: png });
  writeFileSync(join(folder, `${name}.png`), small.status === 0 ? small.stdout : png);
}

/** Where the system's own font is a poor one, a good one stands in, if there is one. */
export function fontsOfPictures(folder: string): string {
  const file = join(folder, 'fonts.conf');
  const prefer = (family: string, other: string) =>
    `<match target="pattern"><test name="family"><string>${family}</string></test><edit name="family" mode="prepend" binding="strong"><string>${other}</string></edit></match>`;
  writeFileSync(
    file,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><include>/etc/fonts/fonts.conf</include>${prefer('system-ui', 'Inter')}${prefer('sans-serif', 'Inter')}</fontconfig>`,
  );
  return file;
}
