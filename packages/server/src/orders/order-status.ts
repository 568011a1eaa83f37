import type { OrderStatus } from "@shop/contracts/orders";
import type { Change } from "../changes/change.js";
import { type ChangeFeed, createChangeFeed } from "../changes/change-feed.js";
import type { OrdersDatabase } from "./tables.js";

/** The status of one order (`key`) from one time on. */
export interface StatusChange extends Change {
  readonly status: OrderStatus;
  /** When it changed, in milliseconds since 1970. */
  readonly timeMs: number;
}

/** The columns of an order that make a {@link StatusChange}. */
export const STATUS_COLUMNS: readonly ["id", "status", "revision", "update_time"] = [
  "id",
  "status",
  "revision",
  "update_time",
];

/** An order's columns as a change. */
export function toStatusChange(row: {
  id: string;
  status: OrderStatus;
  revision: number;
  update_time: Date;
}): StatusChange {
  return {
    key: row.id,
    revision: row.revision,
    status: row.status,
    timeMs: row.update_time.getTime(),
  };
}

/** Every change of an order's status, by any instance. */
export function createStatusFeed({ db, notifications }: OrdersDatabase): ChangeFeed<StatusChange> {
  return createChangeFeed(notifications, async (ids) => {
    const rows = await db
      .selectFrom("placed_order")
      .select(STATUS_COLUMNS)
      .where("id", "in", ids)
      .execute();
    return rows.map(toStatusChange);
  });
}
