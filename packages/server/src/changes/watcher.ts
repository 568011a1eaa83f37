import type { Change } from "./change.js";

/** What one reader of a feed has not read yet. */
export interface Watcher<C extends Change> {
  push(change: C): void;
  /** Changes may have been missed: reads the current state again. */
  missed(): void;
  /** The changes for the reader, in order. Returns when the signal aborts. */
  changes(): AsyncGenerator<C, void, undefined>;
}

const MAX_WAITING = 1_000;

/** A watcher that starts with what `read` returns. */
export function createWatcher<C extends Change>(
  read: () => Promise<readonly C[]>,
  signal: AbortSignal,
): Watcher<C> {
  let waiting: C[] = [];
  let stale = true;
  let wake = () => {};
  const yielded = new Map<string, number>();

  const isNew = (change: C) => {
    if (change.revision <= (yielded.get(change.key) ?? -1)) return false;
    yielded.set(change.key, change.revision);
    return true;
  };
  const onAbort = () => wake();

  async function* changes(): AsyncGenerator<C, void, undefined> {
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted) {
        const news = stale ? await readAgain() : waiting.splice(0);
        for (const change of news) if (isNew(change)) yield change;
        if (waiting.length === 0 && !stale && !signal.aborted)
          await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async function readAgain(): Promise<readonly C[]> {
    stale = false;
    return read();
  }

  return {
    changes,
    push(change) {
      waiting.push(change);
      if (waiting.length > MAX_WAITING) waiting = newestOfEach(waiting);
      wake();
    },
    missed() {
      stale = true;
      wake();
    },
  };
}

/** Keeps the newest change of each key, so that a slow reader needs memory for its keys only. */
function newestOfEach<C extends Change>(changes: readonly C[]): C[] {
  return [...new Map(changes.map((change) => [change.key, change])).values()];
}
