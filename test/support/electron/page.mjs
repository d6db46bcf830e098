// A BrowserWindow's page: of the system's Chromium, with the real preload in a world of its own. `app://name/…` is
// `https://name.app.test/…` there, as a browser knows no schemes of ours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { mainWorld, preloadWorld, world } from './bridge.mjs';
import { chromiumProgram } from './chromium-program.mjs';

/** Its files: a folder of the test's. */
const folder = process.env.FAIRLEAD_TEST_CHROMIUM;
let browser;

/** @returns the port of Chromium's own debugging protocol, for the test to see the same page by */
export async function debuggingPort() {
  await browser;
  return Number(readFileSync(join(folder, 'DevToolsActivePort'), 'utf8').split('\n')[0]);
}

async function openChromium() {
  browser ??= chromium.launchPersistentContext(folder, {
    executablePath: chromiumProgram(),
    args: ['--remote-debugging-port=0'],
    chromiumSandbox: false,
  });
  return browser;
}

export async function closeChromium() {
  await (await browser)?.close();
}

const toBrowser = (url) => url.replace(/^app:\/\/([^/]+)/, 'https://$1.app.test');
const fromBrowser = (url) => url.replace(/^https:\/\/([^/]+)\.app\.test/, 'app://$1');

export async function openPage(window) {
  const { preload, size, webContents, preventable, protocols, blocks, invoke, theme } = window;
  const context = await openChromium();
  const [first] = context.pages();
  const page = first?.url() === 'about:blank' ? first : await context.newPage();
  await page.setViewportSize(size);
  const colour = () => page.emulateMedia({ colorScheme: theme.shouldUseDarkColors ? 'dark' : 'light' });
  await colour();
  theme.on('updated', () => void colour().catch(() => undefined));

  const cdp = await context.newCDPSession(page);
  await cdp.send('Page.enable');
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const mainFrame = frameTree.frame.id;
  const frameOf = new Map();
  /** The preload's world in the main frame. */
  let current;
  cdp.on('Runtime.executionContextCreated', ({ context: made }) => {
    frameOf.set(made.id, made.auxData.frameId);
    if (made.name === world && made.auxData.frameId === mainFrame) current = made.id;
  });
  await cdp.send('Runtime.enable');
  await cdp.send('Runtime.addBinding', { name: 'toMain', executionContextName: world });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorld });
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
    source: preloadWorld(readFileSync(preload, 'utf8')),
    worldName: world,
  });
  const run = (contextId, name, args) =>
    cdp
      .send('Runtime.evaluate', {
        contextId,
        expression: `${name}(...JSON.parse(${JSON.stringify(JSON.stringify(args))}))`,
      })
      // The page has gone on meanwhile.
      .catch(() => undefined);

  cdp.on('Runtime.bindingCalled', async ({ payload, executionContextId }) => {
    const { id, ...message } = JSON.parse(payload);
    try {
      const frame = await frameNamed(cdp, frameOf.get(executionContextId));
      await run(executionContextId, 'fromMain', [id, true, (await invoke(frame, message)) ?? null]);
    } catch (thrown) {
      await run(executionContextId, 'fromMain', [id, false, thrown.message]);
    }
  });

  /** What main itself loads; the rest the page has asked for. */
  let wanted;
  await context.route('**/*', async (route) => {
    const request = route.request();
    const url = fromBrowser(request.url());
    // Of a page that was just opened there is no frame yet; it is closed in a moment.
    const frame = frameOfRequest(request);
    if (frame?.page() !== page) return route.abort('aborted');
    const isMain = frame.parentFrame() === null;
    if (request.isNavigationRequest() && url !== wanted) {
      const event = preventable({ url, isMainFrame: isMain });
      webContents.emit(isMain ? 'will-navigate' : 'will-frame-navigate', event, url);
      if (event.defaultPrevented) return route.abort('aborted');
    }
    const handler = protocols.get(new URL(url).protocol.slice(0, -1));
    if (blocks(url) || handler === undefined) return route.abort('aborted');
    const response = await handler(new Request(url, { method: request.method() }));
    return route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  });
  page.on('popup', (popup) => {
    const { action } = webContents.windowOpenHandler({ url: popup.url() });
    if (action === 'deny') void popup.close().catch(() => undefined);
  });

  return {
    async load(url) {
      wanted = url;
      await page.goto(toBrowser(url));
    },
    emit: (channel, args) => (current === undefined ? undefined : run(current, 'emitted', [channel, args])),
    close: () => page.close(),
  };
}

function frameOfRequest(request) {
  try {
    return request.frame();
  } catch {
    return undefined;
  }
}

async function frameNamed(cdp, id) {
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const find = (tree, parent) =>
    tree.frame.id === id
      ? { url: fromBrowser(tree.frame.url), parent }
      : (tree.childFrames ?? []).map((child) => find(child, tree.frame)).find((found) => found !== undefined);
  return find(frameTree, null) ?? null;
}
