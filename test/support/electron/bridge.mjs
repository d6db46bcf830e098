// contextBridge and ipcRenderer between a page's two worlds: what crosses is a string, as objects cannot. The worlds share
// the document, and its events are what they tell each other by.

export const world = 'preload';

/** Runs before anything else in the page's own world. */
export const mainWorld = `(${function () {
  let last = 0;
  const promises = new Map();
  const callbacks = new Map();
  const say = (type, message) =>
    document.dispatchEvent(new CustomEvent(`bridge:${type}`, { detail: JSON.stringify(message) }));
  const hear = (type, listener) =>
    document.addEventListener(`bridge:${type}`, ({ detail }) => listener(JSON.parse(detail)));

  let answer;
  hear('answer', (given) => (answer = given));
  const call = (path, args) => {
    const encoded = args.map((arg) => {
      if (typeof arg !== 'function') return { value: arg };
      callbacks.set(++last, arg);
      return { callback: last };
    });
    say('call', { path, args: encoded });
    const { promise, function: returned, value } = answer;
    if (returned !== undefined) return (...more) => call([returned], more);
    if (promise === undefined) return value;
    return new Promise((resolve, reject) => promises.set(promise, { resolve, reject }));
  };
  hear('settle', ({ promise, ok, value }) => {
    const { resolve, reject } = promises.get(promise);
    promises.delete(promise);
    if (ok) resolve(value);
    else reject(new Error(value));
  });
  hear('callback', ({ callback, args }) => callbacks.get(callback)(...args));

  const build = (shape, path) =>
    shape === 'function'
      ? (...args) => call(path, args)
      : Object.freeze(
          Object.fromEntries(Object.entries(shape).map(([name, of]) => [name, build(of, [...path, name])])),
        );
  hear('expose', ({ name, shape }) =>
    Object.defineProperty(window, name, { value: build(shape, [name]), enumerable: true }),
  );
}})()`;

/** @param preload its source */
export const preloadWorld = (preload) => `(${function () {
  const say = (type, message) =>
    document.dispatchEvent(new CustomEvent(`bridge:${type}`, { detail: JSON.stringify(message) }));
  let last = 0;
  const waiting = new Map();
  const listeners = new Map();
  const of = (channel) => listeners.get(channel) ?? listeners.set(channel, new Set()).get(channel);

  const ipcRenderer = {
    invoke: (channel, ...args) =>
      new Promise((resolve, reject) => {
        waiting.set(++last, { resolve, reject });
        globalThis.toMain(JSON.stringify({ id: last, channel, args }));
      }),
    on: (channel, listener) => of(channel).add(listener),
    off: (channel, listener) => of(channel).delete(listener),
    listenerCount: (channel) => of(channel).size,
  };
  globalThis.fromMain = (id, ok, value) => {
    waiting.get(id)[ok ? 'resolve' : 'reject'](ok ? value : new Error(value));
    waiting.delete(id);
  };
  globalThis.emitted = (channel, args) => {
    for (const listener of of(channel)) listener({}, ...args);
  };

  const exposed = {};
  const contextBridge = {
    exposeInMainWorld(name, api) {
      exposed[name] = api;
      const shapeOf = (value) =>
        typeof value === 'function'
          ? 'function'
          : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shapeOf(each)]));
      say('expose', { name, shape: shapeOf(api) });
    },
  };
  document.addEventListener('bridge:call', ({ detail }) => {
    const { path, args } = JSON.parse(detail);
    const called = path.reduce((value, name) => value[name], exposed);
    const given = args.map(({ value, callback }) =>
      callback === undefined ? value : (...more) => say('callback', { callback, args: more }),
    );
    const result = called(...given);
    if (typeof result === 'function') {
      exposed[++last] = result;
      say('answer', { function: last });
    } else if (result instanceof Promise) {
      const promise = ++last;
      say('answer', { promise });
      result.then(
        (value) => say('settle', { promise, ok: true, value }),
        (thrown) => say('settle', { promise, ok: false, value: thrown.message }),
      );
    } else say('answer', { value: result });
  });

  globalThis.require = (name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer };
    throw new Error(`module not found: ${name}`);
  };
}})();
(function (exports, require) {${preload}
})({}, globalThis.require);`;
