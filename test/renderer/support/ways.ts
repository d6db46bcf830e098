/** How a person gets to a place of the window. */
import type { Page } from 'playwright-core';

export function goTo(page: Page, place: string): Promise<void> {
  return page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: place }).click();
}

export function choose(page: Page, container: string): Promise<void> {
  return page.getByRole('region', { name: 'Containers' }).getByRole('button', { name: container }).click();
}

export function openTab(page: Page, name: string): Promise<void> {
  return page.getByRole('tab', { name }).click();
}
