// What other scripts of a page do to the globals that the tracker uses.

/** When the damage is done, seen from the tracker. */
export type When = 'before' | 'after';

export interface Damage {
  work: string;
  /** When nothing can be told, not even by the next page. */
  mute?: When[];
}

const fails = '() => { throw new Error("vandal") }';
const always: When[] = ['before', 'after'];

const removed = (path: string): string => {
  const [name = '', owner = 'globalThis'] = path.split('.').reverse();
  return `Object.defineProperty(${owner}, '${name}', { value: undefined, configurable: true, writable: true })`;
};

export const damages: Record<string, Damage> = {
  nothing: { work: '' },

  'enumerable extras in prototypes': {
    work: `Object.prototype.polluted = 'yes'; Object.prototype.each = function () {};
      Array.prototype.each = function () {}; Function.prototype.each = function () {}; String.prototype.each = function () {}`,
  },
  'setters in Object.prototype': {
    work: `for (const name of ['type', 'source', 'id', 'data', 'key', 'title', 'n', 'list', 'url', 'taskId', 'time', 'result'])
      Object.defineProperty(Object.prototype, name, { configurable: true, get: () => undefined, set: ${fails} })`,
    mute: always,
  },
  'Array.prototype.toJSON': {
    work: `Array.prototype.toJSON = function () { return '[' + this.join(', ') + ']' }`,
  },
  'Object.prototype.toJSON that throws': { work: `Object.prototype.toJSON = ${fails}`, mute: always },
  'methods of an older library': {
    work: `Array.prototype.reduce = function () { return this.length > 1 ? this : this[0] };
      Array.prototype.flat = Array.prototype.flatMap = undefined; Array.from = (list) => list || []`,
    mute: ['before'],
  },
  'frozen globals': {
    work: `for (const one of [Object, Array, Function, Promise, Map, Set, String, RegExp, Error, Date, URL, EventTarget, Node, Storage])
      { Object.freeze(one); Object.freeze(one.prototype) }
      for (const one of [JSON, Math, history, navigator, performance]) Object.freeze(one)`,
  },
  'frozen history, no Navigation API': { work: `${removed('navigation')}; Object.freeze(history)` },

  'fetch that throws': { work: `fetch = ${fails}` },
  'fetch that rejects': { work: `fetch = () => Promise.reject('vandal')` },
  'fetch that answers nothing': { work: `fetch = () => {}` },
  'fetch that answers something else': { work: `fetch = async () => ({ ok: true })` },
  'no fetch': { work: removed('fetch') },
  'no fetch and a beacon that throws': {
    work: `${removed('fetch')}; ${removed('fetchLater')}; navigator.sendBeacon = ${fails}`,
  },
  'history that throws': { work: `history.pushState = history.replaceState = ${fails}` },

  'JSON.stringify that throws': { work: `JSON.stringify = ${fails}`, mute: always },
  'JSON.parse that throws': { work: `JSON.parse = ${fails}`, mute: ['before'] },

  'no Promise': { work: removed('Promise') },
  'Promise that throws': { work: `Promise = ${fails}; Promise.resolve = Promise.reject = ${fails}` },

  'setTimeout that does nothing': { work: `setTimeout = () => {}` },
  'queueMicrotask that throws': { work: `queueMicrotask = ${fails}`, mute: always },

  'Math.random that says nothing': { work: `Math.random = () => 0` },

  'a clock that stands still': { work: `Date.now = () => 1e12` },
  'a clock that says nothing': { work: `Date.now = () => NaN`, mute: always },

  'locks that are refused': {
    work: `if (navigator.locks) LockManager.prototype.request = () => Promise.reject('vandal')`,
  },
  'no cookie store': { work: removed('cookieStore') },
  'a cookie store that throws': { work: `cookieStore.get = ${fails}` },
  'a cookie store that refuses': { work: `cookieStore.get = () => Promise.reject('vandal')` },
  'a cookie store that never answers': { work: `cookieStore.get = () => new Promise(() => {})` },
  'channels that throw': {
    work: `BroadcastChannel = ${fails}; globalThis.MessagePort.prototype.postMessage = ${fails}`,
  },
  'listeners that throw': { work: `EventTarget.prototype.addEventListener = ${fails}`, mute: ['before'] },
  'no performance': { work: removed('performance'), mute: ['before'] },
  'stores that throw': {
    work: `Storage.prototype.getItem = Storage.prototype.setItem = Storage.prototype.removeItem = ${fails}; IDBFactory.prototype.open = ${fails}`,
  },
  'a title that throws': {
    work: `Object.defineProperty(document, 'title', { get: ${fails}, configurable: true })`,
    mute: always,
  },
};
