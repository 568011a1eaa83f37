import { OrderStatus } from "@shop/contracts/orders";
import type { Transaction } from "kysely";
import type { ChangeFeed } from "../changes/change-feed.js";
import type { NewOrder } from "./new-order.js";
import { lastDigits, totalCents } from "./new-order.js";
import { createOrderReader, type OrderReader } from "./order-reader.js";
import type { Refusal, StoredOrder } from "./order-row.js";
import {
  createStatusFeed,
  STATUS_COLUMNS,
  type StatusChange,
  toStatusChange,
} from "./order-status.js";
import { reservationId } from "./reservation-id.js";
import type { OrdersDatabase, OrdersTables } from "./tables.js";

/**
 * Orders in the database. Each change of a status is one statement that names the status before it,
 * so that one of two concurrent changes wins.
 */
export interface OrderStore extends OrderReader {
  /**
   * Records a pending order, unless one with the same request id exists. Returns the order that
   * exists then.
   */
  record(order: NewOrder): Promise<StoredOrder>;
  /**
   * Confirms a pending order if `attempt` is still its attempt. Returns the order as it is then.
   */
  confirm(id: string, attempt: number): Promise<StoredOrder>;
  /** Rejects a pending order if `attempt` is still its attempt. Returns the order as it is then. */
  reject(id: string, attempt: number, refusals: readonly Refusal[]): Promise<StoredOrder>;
  /**
   * Drops an attempt: its reservation is due for release, and the order gets a new attempt. Does
   * nothing when `attempt` is no longer the order's.
   */
  giveUpAttempt(id: string, attempt: number): Promise<void>;
  /**
   * Cancels a pending or confirmed order; its reservation is due for release. Returns the order as
   * it is then; undefined for an unknown order.
   */
  cancel(id: string): Promise<StoredOrder | undefined>;
  /**
   * Reservations that are due for release, at most 100, the oldest first; or those of one order.
   */
  findDueReleases(orderId?: string): Promise<string[]>;
  /** The catalog has released a reservation. */
  completeRelease(reservationId: string): Promise<void>;
  readonly statuses: ChangeFeed<StatusChange>;
}

type Trx = Transaction<OrdersTables>;
type Columns = { readonly status: OrderStatus; readonly refusals?: string };

/** A store on an open database whose migrations are {@link ordersMigrations}. */
export function createOrderStore(database: OrdersDatabase): OrderStore {
  const { db } = database;
  const reader = createOrderReader(db);

  const existing = async (id: string): Promise<StoredOrder> => {
    const order = await reader.find(id);
    if (order === undefined) throw new Error(`order ${id} no longer exists`);
    return order;
  };

  /** Notifies watchers when a row changed. */
  async function move(
    trx: Trx,
    id: string,
    from: readonly OrderStatus[],
    columns: Columns,
    attempt?: number,
  ): Promise<number | undefined> {
    let update = trx
      .updateTable("placed_order")
      .set((e) => ({ ...columns, revision: e("revision", "+", 1), update_time: new Date() }))
      .where("id", "=", id)
      .where("status", "in", from);
    if (attempt !== undefined) update = update.where("attempt", "=", attempt);
    const row = await update.returning([...STATUS_COLUMNS, "attempt"]).executeTakeFirst();
    if (row !== undefined) await database.notify(trx, [JSON.stringify(toStatusChange(row))]);
    return row?.attempt;
  }

  return {
    ...reader,
    statuses: createStatusFeed(database),

    async record(order) {
      await db.transaction().execute((trx) => insertOrder(trx, order));
      const stored = await reader.findByRequest(order.requestId);
      if (stored === undefined)
        throw new Error(`the order of request ${order.requestId} no longer exists`);
      return stored;
    },

    async confirm(id, attempt) {
      const columns = { status: OrderStatus.ORDER_STATUS_CONFIRMED };
      await db
        .transaction()
        .execute((trx) => move(trx, id, [OrderStatus.ORDER_STATUS_PENDING], columns, attempt));
      return existing(id);
    },

    async reject(id, attempt, refusals) {
      const columns = {
        status: OrderStatus.ORDER_STATUS_REJECTED,
        refusals: JSON.stringify(refusals),
      };
      await db
        .transaction()
        .execute((trx) => move(trx, id, [OrderStatus.ORDER_STATUS_PENDING], columns, attempt));
      return existing(id);
    },

    async giveUpAttempt(id, attempt) {
      await db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable("placed_order")
          .set({ attempt: attempt + 1 })
          .where("id", "=", id)
          .where("attempt", "=", attempt)
          .where("status", "=", OrderStatus.ORDER_STATUS_PENDING)
          .executeTakeFirst();
        if (numUpdatedRows > 0n) await insertDueRelease(trx, reservationId(id, attempt));
      });
    },

    async cancel(id) {
      await db.transaction().execute(async (trx) => {
        const from = [OrderStatus.ORDER_STATUS_PENDING, OrderStatus.ORDER_STATUS_CONFIRMED];
        const attempt = await move(trx, id, from, { status: OrderStatus.ORDER_STATUS_CANCELLED });
        if (attempt !== undefined) await insertDueRelease(trx, reservationId(id, attempt));
      });
      return reader.find(id);
    },

    async findDueReleases(orderId) {
      let due = db
        .selectFrom("due_release")
        .select("reservation_id")
        .orderBy("create_time")
        .limit(100);
      if (orderId !== undefined)
        due = due.where("reservation_id", "like", `${reservationId(orderId, 0).slice(0, -1)}%`);
      return (await due.execute()).map((row) => row.reservation_id);
    },

    async completeRelease(id) {
      await db.deleteFrom("due_release").where("reservation_id", "=", id).execute();
    },
  };
}

async function insertDueRelease(trx: Trx, id: string): Promise<void> {
  await trx
    .insertInto("due_release")
    .values({ reservation_id: id, create_time: new Date() })
    .execute();
}

async function insertOrder(
  trx: Trx,
  { id, requestId, fingerprint, buyer, lines, payment }: NewOrder,
): Promise<void> {
  const now = new Date();
  const card = payment.$case === "card" ? payment.value : undefined;
  const inserted = await trx
    .insertInto("placed_order")
    .values({
      id,
      request_id: requestId,
      fingerprint,
      status: OrderStatus.ORDER_STATUS_PENDING,
      revision: 0,
      attempt: 0,
      refusals: null,
      buyer_name: buyer.name,
      buyer_email: buyer.email,
      buyer_address: buyer.address,
      card_last_digits: card === undefined ? null : lastDigits(card.number),
      card_expiry_month: card?.expiryMonth ?? null,
      card_expiry_year: card?.expiryYear ?? null,
      invoice_reference: payment.$case === "invoice" ? payment.value.reference : null,
      total_cents: totalCents(lines),
      create_time: now,
      update_time: now,
    })
    .onConflict((on) => on.column("request_id").doNothing())
    .executeTakeFirst();
  if ((inserted.numInsertedOrUpdatedRows ?? 0n) === 0n) return;
  const rows = lines.map((line, position) => ({
    order_id: id,
    position,
    product_id: line.productId,
    title: line.title,
    quantity: line.quantity,
    unit_price_cents: line.unitPriceCents,
  }));
  await trx.insertInto("order_line").values(rows).execute();
}
