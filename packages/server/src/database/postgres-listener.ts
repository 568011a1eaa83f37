import pg from "pg";
import { createNotificationHub, type Notifications } from "./notifications.js";

/** Settings of {@link listenOnPostgres}. */
export interface ListenerOptions {
  readonly url: string;
  readonly channel: string;
  readonly connectTimeoutMs: number;
  readonly onTrouble: (message: string, error?: unknown) => void;
}

/** A connection of its own that hears a channel. */
export interface PostgresListener {
  readonly notifications: Notifications;
  close(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hears a channel on a connection of its own (LISTEN belongs to a session, which a pool does not
 * keep). A lost connection is made again, with growing pauses, and reported as a gap. Throws what
 * pg throws when the first connection fails.
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
    // An error that comes before the connection stands also rejects connect().
    next.on("error", () => {});
    await next.connect();
    await next.query(`listen ${pg.escapeIdentifier(options.channel)}`);
    next.on("end", () => {
      if (!closed) reconnect(FIRST_PAUSE_MS);
    });
    return next;
  }

  function reconnect(pauseMs: number): void {
    options.onTrouble("the connection that hears of changes was lost");
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
