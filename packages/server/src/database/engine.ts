import type { Pool } from "pg";
import type { Notifications } from "./notifications.js";

/** What the engines have in common, below kysely. */
export interface Engine {
  readonly kind: "pglite" | "postgresql";
  readonly location: string;
  readonly pool: Pool;
  readonly notifications: Notifications;
  /** Closes everything besides the pool, after the pool is closed. */
  close(): Promise<void>;
}
