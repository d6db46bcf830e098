import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  heldIn,
  initialState,
  transition,
  type SessionEvent,
  type SessionState,
} from '../../electron/credentials/session-state.ts';
import type { TokenRecord } from '../../electron/credentials/token-record.ts';

const record = { resource: 'one' } as TokenRecord;
const newer = { resource: 'two' } as TokenRecord;

const after = (...events: SessionEvent[]) => events.reduce<SessionState>(transition, initialState);

test('tells what is stored from what has to be signed in for', () => {
  expect(after({ type: 'read', record })).toEqual({ status: 'signed_in', tab: 'free', held: record });
  expect(after({ type: 'read', record: undefined })).toEqual({ status: 'signed_out', tab: 'free' });
});

test('goes on using what it holds while the person signs in for more', () => {
  const open = after({ type: 'read', record }, { type: 'sign_in_begun' }, { type: 'shown' });
  expect(open).toEqual({ status: 'signing_in', tab: 'spent', held: record });
  expect(transition(open, { type: 'refreshed', record: newer })).toMatchObject({ held: newer });
  expect(transition(open, { type: 'sign_in_failed' })).toMatchObject({ status: 'signed_in', held: record });
});

test('frees the tab only when a container has accepted what it led to', () => {
  const done = after({ type: 'sign_in_begun' }, { type: 'shown' }, { type: 'sign_in_done', record });
  expect(done).toEqual({ status: 'signed_in', tab: 'spent', held: record });
  expect(transition(done, { type: 'token_refused' })).toEqual({ status: 'needs_sign_in', tab: 'spent' });
  expect(transition(done, { type: 'token_accepted' }).tab).toBe('free');
});

test('an answer that comes after the sign-out brings nothing back', () => {
  const out = after({ type: 'read', record }, { type: 'refresh_begun' }, { type: 'signed_out' });
  expect(transition(out, { type: 'refreshed', record: newer })).toEqual(out);
  expect(transition(out, { type: 'refresh_refused' })).toEqual(out);
  expect(transition(out, { type: 'sign_in_failed' })).toEqual(out);
});

test('whatever happens, something is held exactly in the states that say so', () => {
  const event = fc.oneof(
    fc.constantFrom<SessionEvent>(
      { type: 'read', record: undefined },
      { type: 'sign_in_begun' },
      { type: 'shown' },
      { type: 'sign_in_failed' },
      { type: 'refresh_begun' },
      { type: 'refresh_postponed' },
      { type: 'refresh_refused' },
      { type: 'token_accepted' },
      { type: 'token_refused' },
      { type: 'signed_out' },
    ),
    fc.constantFrom<SessionEvent>(
      { type: 'read', record },
      { type: 'sign_in_done', record },
      { type: 'refreshed', record: newer },
    ),
  );
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const state = after(...events);
      const held = heldIn(state) !== undefined;
      if (state.status === 'signed_in' || state.status === 'refreshing') expect(held).toBe(true);
      else if (state.status !== 'signing_in') expect(held).toBe(false);
    }),
  );
});
