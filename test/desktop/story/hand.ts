/** How a person acts on the window: with the mouse, or with the keyboard alone. */
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { patience } from '../open.ts';

export interface Hand {
  readonly page: Page;
  /** A button, a tab, a switch, a menu's item, one of several ways: it does what it is for. */
  press(target: Locator): Promise<void>;
  /** In place of what the field has in it. */
  type(field: Locator, text: string): Promise<void>;
  /** An entry of a list that drops down. */
  pick(list: Locator, label: string): Promise<void>;
}

export function mouse(page: Page): Hand {
  return {
    page,
    async press(target) {
      // One of several ways is seen as its label.
      const isWay = await target.evaluate((element) => element.matches('[type=radio]'));
      await (isWay ? target.locator('..') : target).click({ timeout: patience.timeout });
    },
    type: (field, text) => field.fill(text, { timeout: patience.timeout }),
    async pick(list, label) {
      await list.selectOption({ label }, { timeout: patience.timeout });
    },
  };
}

/** More than there are stops on any screen. */
const mostSteps = 150;

/** Nothing but keys: Tab to where the focus can go, arrows within what has one stop for several. */
export function keyboard(page: Page): Hand {
  const reach = async (target: Locator) => {
    await expect.poll(() => target.isEnabled().catch(() => false), patience).toBe(true);
    for (let step = 0; step < mostSteps; step += 1) {
      const key = await target.evaluate(nextKey);
      if (key === undefined) return;
      await page.keyboard.press(key);
    }
    throw new Error(`The keyboard does not get to ${String(target)}.`);
  };
  return {
    page,
    async press(target) {
      await reach(target);
      const key = await target.evaluate(keyOf);
      if (key !== undefined) await page.keyboard.press(key);
    },
    async type(field, text) {
      await reach(field);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(text);
    },
    async pick(list, label) {
      await reach(list);
      await page.keyboard.type(label);
      await expect
        .poll(
          () => list.evaluate((element) => (element as HTMLSelectElement).selectedOptions[0]?.label),
          patience,
        )
        .toBe(label);
    },
  };
}

/** Runs in the page. @returns the key that leads on towards the element; undefined: it has the focus */
function nextKey(element: Element): string | undefined {
  const { activeElement } = document;
  if (activeElement === element) return undefined;
  const group = element.closest('[role=tablist], [role=menu], fieldset:has(input[type=radio])');
  if (group === null || !group.contains(activeElement)) return 'Tab';
  return element.role === 'tab' ? 'ArrowRight' : 'ArrowDown';
}

/** Runs in the page. @returns the key that does what the element is for; undefined: it was done by going there */
function keyOf(element: Element): string | undefined {
  const { role } = element;
  const type = element instanceof HTMLInputElement ? element.type : undefined;
  if (type === 'radio' || role === 'tab') return undefined;
  return type === 'checkbox' || role === 'switch' ? 'Space' : 'Enter';
}
