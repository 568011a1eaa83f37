import pg from "pg";
import { createNotificationHub, type Notifications } from "./notifications.js";

/** Settings of {@link listenOnPostgres}. */
export interface ListenerOptions {
  readonly url: string;
  readonly channel: string;
  readonly connectTimeoutMs: number;
  readonly onTrouble: (message: string, error?: unknown) => void;
}

/** A connection of its own that listens to a channel. */
export interface PostgresListener {
  readonly notifications: Notifications;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Listens to a channel on a connection of its own, because LISTEN belongs to a session and a pool
 * does not keep sessions. When the connection fails it connects again, with growing pauses, and
 * reports a gap. Throws pg's error when the first connection fails.
 */
export async function listenOnPostgres(options: ListenerOptions): Promise<PostgresListener> {
  const hub = createNotificationHub();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let client = await connect();

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: options.url,
      connectionTimeoutMillis: options.connectTimeoutMs,
      keepAlive: true,
    });
    next.on("notification", ({ payload }) => hub.publish(payload ?? ""));
    // An error before the connection is open also rejects connect().
    next.on("error", () => {});
    await next.connect();
    await next.query(`listen ${pg.escapeIdentifier(options.channel)}`);
    next.on("end", () => {
      if (!closed) reconnect(FIRST_PAUSE_MS);
    });
    return next;
  }

  function reconnect(pauseMs: number): void {
    options.onTrouble("the connection that listens for changes failed");
    timer = setTimeout(() => void tryAgain(pauseMs), pauseMs);
  }

  async function tryAgain(pauseMs: number): Promise<void> {
    try {
      client = await connect();
    } catch {
      if (!closed) reconnect(Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
      return;
    }
    if (closed) await client.end();
    else hub.gap();
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await client.end();
  }

  return { notifications: hub, close };
}
