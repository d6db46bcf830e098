/** Where a container's sign-in stands, and what may follow: a union and one pure function. */
import type { TokenRecord } from './token-record.ts';

/**
 * Whether the person has been shown a browser tab that has not led to a working token. While it is `spent` none is
 * opened unasked: they may have closed it on purpose, and a container that refuses every token would open one after
 * another.
 */
export type Tab = 'free' | 'spent';

export type SessionState =
  /** The vault has not been asked. */
  | { readonly status: 'unread'; readonly tab: Tab }
  | { readonly status: 'signed_out'; readonly tab: Tab }
  /** `held`: what goes on being used meanwhile, while the person signs in for a wider scope. */
  | { readonly status: 'signing_in'; readonly tab: Tab; readonly held: TokenRecord | undefined }
  | { readonly status: 'signed_in'; readonly tab: Tab; readonly held: TokenRecord }
  | { readonly status: 'refreshing'; readonly tab: Tab; readonly held: TokenRecord }
  /** There was a sign-in, and it is not worth anything any more. */
  | { readonly status: 'needs_sign_in'; readonly tab: Tab };

export type SessionEvent =
  | { readonly type: 'read'; readonly record: TokenRecord | undefined }
  | { readonly type: 'sign_in_begun' }
  /** The way to sign in was shown to the person. */
  | { readonly type: 'shown' }
  | { readonly type: 'sign_in_done'; readonly record: TokenRecord }
  | { readonly type: 'sign_in_failed' }
  | { readonly type: 'refresh_begun' }
  | { readonly type: 'refreshed'; readonly record: TokenRecord }
  | { readonly type: 'refresh_postponed' }
  | { readonly type: 'refresh_refused' }
  /** The token of a sign-in let a request in. */
  | { readonly type: 'token_accepted' }
  /** A token that was new was refused. */
  | { readonly type: 'token_refused' }
  | { readonly type: 'signed_out' };

export const initialState: SessionState = { status: 'unread', tab: 'free' };

/** What is held, in the states that hold something. */
export function heldIn(state: SessionState): TokenRecord | undefined {
  return 'held' in state ? state.held : undefined;
}

/** @returns the same state for an event that means nothing in it, such as an answer that comes too late */
export function transition(state: SessionState, event: SessionEvent): SessionState {
  const { tab } = state;
  const held = heldIn(state);
  switch (event.type) {
    case 'read':
      if (state.status !== 'unread') return state;
      return event.record === undefined
        ? { status: 'signed_out', tab }
        : { status: 'signed_in', tab, held: event.record };
    case 'sign_in_begun':
      return { status: 'signing_in', tab, held };
    case 'shown':
      return { ...state, tab: 'spent' };
    case 'sign_in_done':
      // Free again only when the container has accepted it.
      return { status: 'signed_in', tab, held: event.record };
    case 'sign_in_failed':
      if (state.status !== 'signing_in') return state;
      return held === undefined ? { status: 'needs_sign_in', tab } : { status: 'signed_in', tab, held };
    case 'refresh_begun':
      return state.status === 'signed_in' ? { ...state, status: 'refreshing' } : state;
    case 'refreshed':
      if (held === undefined) return state;
      return state.status === 'signing_in'
        ? { ...state, held: event.record }
        : { status: 'signed_in', tab, held: event.record };
    case 'refresh_postponed':
      return state.status === 'refreshing' ? { ...state, status: 'signed_in' } : state;
    case 'refresh_refused':
    case 'token_refused':
      if (held === undefined) return state;
      return state.status === 'signing_in' ? { ...state, held: undefined } : { status: 'needs_sign_in', tab };
    case 'token_accepted':
      return { ...state, tab: 'free' };
    case 'signed_out':
      // Clients go on asking. Who has just signed out must not see a tab open for that.
      return { status: 'signed_out', tab: 'spent' };
  }
}
