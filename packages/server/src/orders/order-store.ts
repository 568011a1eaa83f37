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
 * Orders in the database. Each change of a status is one statement that names the status before, so
 * that of two at once one wins.
 */
export interface OrderStore extends OrderReader {
  /**
   * Records a pending order, unless there is one of the same request id. Gives the one that stands.
   */
  record(order: NewOrder): Promise<StoredOrder>;
  /** Pending to confirmed, if `attempt` is still the order's. Gives the order as it is then. */
  confirm(id: string, attempt: number): Promise<StoredOrder>;
  /** Pending to rejected, if `attempt` is still the order's. Gives the order as it is then. */
  reject(id: string, attempt: number, refusals: readonly Refusal[]): Promise<StoredOrder>;
  /**
   * Gives an attempt up: its reservation is due for release, and the order has the next one.
   * Nothing when the order has moved on.
   */
  giveUpAttempt(id: string, attempt: number): Promise<void>;
  /**
   * Pending or confirmed to cancelled; its reservation is due for release. Gives the order as it is
   * then; undefined when there is none.
   */
  cancel(id: string): Promise<StoredOrder | undefined>;
  /**
   * Reservations that are due for release, at most 100, the oldest first; or those of one order.
   */
  findDueReleases(orderId?: string): Promise<string[]>;
  /** The catalog has released a reservation. */
  settleRelease(reservationId: string): Promise<void>;
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
    if (order === undefined) throw new Error(`order ${id} is gone`);
    return order;
  };

  /** Tells watchers when a row changed. */
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
      if (stored === undefined) throw new Error(`the order of request ${order.requestId} is gone`);
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

    async settleRelease(id) {
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
