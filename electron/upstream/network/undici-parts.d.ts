/**
 * undici's one class that the HTTP floor uses, loaded by itself: undici's index also loads fetch, WebSocket and its
 * caches, which more than doubles the core's size and adds about 100 ms to its start.
 */
declare module 'undici/lib/dispatcher/client.js' {
  export { Client as default } from 'undici';
}
