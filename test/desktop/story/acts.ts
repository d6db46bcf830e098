/** What a person does in the window, as the stories tell it: each act with the hand it is done by. */
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { Desktop } from '../desktop.ts';
import { patience } from '../open.ts';
import type { Hand } from './hand.ts';

type PlaceName = 'Containers' | 'Activity' | 'Clients' | 'Accounts' | 'Settings';
type TabName = 'Health' | 'Tools' | 'Sessions' | 'Security' | 'Clients';

export const button = ({ page }: Hand, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: true });

/** The dialog in front. */
export const dialog = ({ page }: Hand): Locator => page.getByRole('dialog');

/** A container in the list. */
export const row = ({ page }: Hand, name: string): Locator =>
  page.getByRole('region', { name: 'Containers' }).getByRole('button', { name });

export async function go(hand: Hand, place: PlaceName): Promise<void> {
  const places = hand.page.getByRole('navigation', { name: 'Places' });
  await hand.press(places.getByRole('button', { name: place }));
}

export async function open(hand: Hand, container: string, tab?: TabName): Promise<void> {
  await go(hand, 'Containers');
  await hand.press(row(hand, container));
  if (tab !== undefined) await hand.press(hand.page.getByRole('tab', { name: tab }));
}

/** Types the address, and waits for what was found there. @param found how it is told */
export async function look(hand: Hand, url: string, found: string): Promise<void> {
  await hand.type(hand.page.getByRole('textbox', { name: 'Address' }), url);
  await hand.page.getByText(found, { exact: true }).waitFor();
}

/** Once it was looked at. */
export async function save(hand: Hand, name: string): Promise<void> {
  await hand.type(hand.page.getByRole('textbox', { name: 'Name', exact: true }), name);
  await hand.press(hand.page.locator('form').getByRole('button', { name: 'Add container' }));
}

/** From the container's menu. */
export async function order(hand: Hand, container: string, item: string): Promise<void> {
  await hand.press(button(hand, `More for ${container}`));
  await hand.press(hand.page.getByRole('menuitem', { name: item }));
}

/** Turns a switch of a client on or off, up to where the change is shown. @returns the difference as it is shown */
export async function askForChange(hand: Hand, container: string, client: string): Promise<string> {
  await hand.press(hand.page.getByRole('switch', { name: `${container} in ${client}` }));
  return shownChange(hand);
}

export async function shownChange({ page }: Hand): Promise<string> {
  return page.getByRole('region', { name: 'What would change' }).innerText();
}

export async function writeChange(hand: Hand): Promise<void> {
  await hand.press(button(hand, 'Write to config'));
  await dialog(hand).waitFor({ state: 'detached' });
}

/** To the platform, where none is known yet. */
export async function signInTo(hand: Hand, issuer: string): Promise<void> {
  await hand.type(hand.page.getByRole('textbox', { name: 'Platform' }), issuer);
  await hand.press(button(hand, 'Sign in…'));
  await hand.page.getByText('Signed in', { exact: true }).waitFor();
}

export async function acceptChange(hand: Hand, tool: string): Promise<void> {
  await hand.press(button(hand, `Review… ${tool}`));
  await hand.page.getByRole('region', { name: 'What changed' }).waitFor();
  await hand.press(button(hand, 'Accept'));
  await dialog(hand).waitFor({ state: 'detached' });
}

/** In the tray's menu, which follows what happens within a second. */
export async function choose({ tray }: Desktop, ...path: string[]): Promise<void> {
  const click = () =>
    tray.click(...path).then(
      () => true,
      () => false,
    );
  await expect.poll(click, patience).toBe(true);
}
