import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProgramMemory } from '../../electron/containers/program-memory.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'home', 'programs.json');
}

test('a program is new to each container once, also to the next core, and is another at another place', () => {
  const path = newFile();
  const memory = createProgramMemory(path);
  const cursor = { name: 'Cursor', path: '/opt/cursor' };
  expect([memory.see('notes', cursor), memory.see('notes', cursor)]).toEqual([true, false]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const later = createProgramMemory(path);
  expect(later.see('notes', cursor)).toBe(false);
  expect(later.see('notes', { ...cursor, path: '/tmp/cursor' })).toBe(true);
  expect(later.see('notes', { name: 'Cursor' })).toBe(true);
  expect(later.see('crm', cursor)).toBe(true);
  later.forget('notes');
  expect(createProgramMemory(path).see('notes', cursor)).toBe(true);
});

test('of a program with a new place for each update the oldest are forgotten, and a broken file is written anew', () => {
  const path = newFile();
  createProgramMemory(path).see('notes', { name: 'first' });
  writeFileSync(path, '{"notes": [{"name": 1}]');
  const memory = createProgramMemory(path);
  for (let n = 0; n < 300; n += 1) memory.see('notes', { name: 'claude', path: `/versions/${n}` });
  expect((JSON.parse(readFileSync(path, 'utf8')) as { notes: object[] }).notes).toHaveLength(200);
  expect(createProgramMemory(path).see('notes', { name: 'claude', path: '/versions/299' })).toBe(false);
});
