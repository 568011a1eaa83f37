import type { Notifications } from "../database/index.js";
import { createWatcher, type Watcher } from "./watcher.js";

/** A change of one thing, as plain JSON: that is how it travels between instances. */
export interface Change {
  /** What changed. */
  readonly key: string;
  /** Counts the changes of this thing, so that one that is already known is not told again. */
  readonly revision: number;
}

/** The state of things now, and every change from then on. */
export interface ChangeFeed<C extends Change> {
  /**
   * Yields the present state of each key, in the order given, then each change, until `signal`
   * aborts: then it ends, without an error. A reader that falls 1,000 changes behind gets the
   * newest of each key only.
   */
  watch(keys: readonly string[], signal: AbortSignal): AsyncGenerator<C, void, undefined>;
}

/** A feed of what `notifications` tells in JSON; `read` reads the present state of keys. */
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
    // Before the present state is read: a change in between would be lost otherwise.
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
