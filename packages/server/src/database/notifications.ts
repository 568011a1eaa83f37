/**
 * What changed, as one transaction told it: a text of the sender's choice, short (PostgreSQL
 * carries up to 8,000 bytes).
 */
export type NotificationListener = (payload: string) => void;

/**
 * Listeners in this process of what transactions tell with `pg_notify`, from this instance and, on
 * PostgreSQL, from every other. A notification comes after its transaction committed, in the order
 * of commits.
 */
export interface Notifications {
  /**
   * Calls `listener` for each notification on the channel until the function that it returns is
   * called.
   */
  listen(listener: NotificationListener): () => void;
  /**
   * Calls `listener` when notifications may have been missed (the connection that listens was lost
   * and is back): whatever is watched has to be read again. Until the function that it returns is
   * called.
   */
  onGap(listener: () => void): () => void;
}

/** The two ends of {@link Notifications}: whoever hears the database puts in, the rest listens. */
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
