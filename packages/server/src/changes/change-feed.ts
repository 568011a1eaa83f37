import type { Notifications } from "../database/index.js";
import type { Change } from "./change.js";
import { createWatcher, type Watcher } from "./watcher.js";

/** The current state of things, and every change after it. */
export interface ChangeFeed<C extends Change> {
  /**
   * Yields the current state of each key, in the order given, then each change. Returns, without an
   * error, when `signal` aborts. A reader that falls 1,000 changes behind gets the
   * newest of each key only.
   */
  watch(keys: readonly string[], signal: AbortSignal): AsyncGenerator<C, void, undefined>;
}

/** A feed of the changes in `notifications`; `read` reads the current state of keys. */
export function createChangeFeed<C extends Change>(
  notifications: Notifications,
  read: (keys: readonly string[]) => Promise<readonly C[]>,
): ChangeFeed<C> {
  const watchers = new Map<string, Set<Watcher<C>>>();
  notifications.listen((payload) => {
    const change = JSON.parse(payload) as C;
    for (const watcher of watchers.get(change.key) ?? []) watcher.push(change);
  });
  notifications.onGap(() => {
    for (const set of watchers.values()) for (const watcher of set) watcher.missed();
  });

  async function* watch(
    keys: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<C, void, undefined> {
    const watcher = createWatcher<C>(() => read(keys), signal);
    // Listens before it reads the current state, so that no change in between is missed.
    for (const key of keys) addTo(watchers, key, watcher);
    try {
      yield* watcher.changes();
    } finally {
      for (const key of keys) removeFrom(watchers, key, watcher);
    }
  }
  return { watch };
}

function addTo<T>(map: Map<string, Set<T>>, key: string, item: T): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([item]));
  else set.add(item);
}

function removeFrom<T>(map: Map<string, Set<T>>, key: string, item: T): void {
  const set = map.get(key);
  set?.delete(item);
  if (set?.size === 0) map.delete(key);
}
