/** What one transaction changed: a short text of the sender's choice, up to 8,000 bytes. */
export type NotificationListener = (payload: string) => void;

/**
 * The listeners of this process to `pg_notify`, from this instance and, on PostgreSQL, from every
 * other. A notification arrives after its transaction committed, in the order of commits.
 */
export interface Notifications {
  /**
   * Calls `listener` for each notification on the channel until the function that it returns is
   * called.
   */
  listen(listener: NotificationListener): () => void;
  /**
   * Calls `listener` when notifications may have been missed, because the listening connection
   * failed and is back: read what you watch again. Until the function that it returns is called.
   */
  onGap(listener: () => void): () => void;
}

/** Both sides of {@link Notifications}: the database's listener publishes, the rest listens. */
export interface NotificationHub extends Notifications {
  publish(payload: string): void;
  gap(): void;
}

/** A hub without listeners. */
export function createNotificationHub(): NotificationHub {
  const listeners = new Set<NotificationListener>();
  const gapListeners = new Set<() => void>();
  return {
    listen: (listener) => addTo(listeners, listener),
    onGap: (listener) => addTo(gapListeners, listener),
    publish(payload) {
      for (const listener of listeners) listener(payload);
    },
    gap() {
      for (const listener of gapListeners) listener();
    },
  };
}

function addTo<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => {
    set.delete(item);
  };
}
