import type { OrderFilter } from "@shop/contracts/orders";
import { OrderStatus } from "@shop/contracts/orders";
import type { Kysely, Selectable } from "kysely";
import { type StoredOrder, toStoredOrder } from "./order-row.js";
import type { OrdersTables, OrderTable } from "./tables.js";

/** A place in the list of orders: when the order was placed, and its id. */
export interface OrderPosition {
  readonly createTimeMs: number;
  readonly id: string;
}

/** A page of orders. */
export interface OrderPage {
  readonly orders: StoredOrder[];
  /** Where the next page starts; undefined on the last page. */
  readonly next: OrderPosition | undefined;
  /** How many orders match the filter. */
  readonly totalSize: number;
}

/** Reads orders. */
export interface OrderReader {
  find(id: string): Promise<StoredOrder | undefined>;
  findByRequest(requestId: string): Promise<StoredOrder | undefined>;
  /** Orders after `after`, the newest first. */
  list(filter: OrderFilter, pageSize: number, after?: OrderPosition): Promise<OrderPage>;
  /** Orders that have been pending since before `time`, at most 100. */
  findPending(before: Date): Promise<StoredOrder[]>;
}

/** A reader on a database or a transaction. */
export function createOrderReader(db: Kysely<OrdersTables>): OrderReader {
  const orders = db.selectFrom("placed_order").selectAll();

  async function load(rows: readonly Selectable<OrderTable>[]): Promise<StoredOrder[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const lines = await db
      .selectFrom("order_line")
      .selectAll()
      .where("order_id", "in", ids)
      .orderBy("position")
      .execute();
    const byOrder = new Map<string, typeof lines>(ids.map((id) => [id, []]));
    for (const line of lines) byOrder.get(line.order_id)?.push(line);
    return rows.map((row) => toStoredOrder(row, byOrder.get(row.id) ?? []));
  }

  async function list(
    filter: OrderFilter,
    pageSize: number,
    after?: OrderPosition,
  ): Promise<OrderPage> {
    let meeting = db.selectFrom("placed_order");
    if (filter.statuses.length > 0) meeting = meeting.where("status", "in", filter.statuses);
    if (filter.email !== undefined) meeting = meeting.where("buyer_email", "=", filter.email);
    const { total } = await meeting
      .select((e) => e.fn.countAll<bigint>().as("total"))
      .executeTakeFirstOrThrow();
    if (after !== undefined) {
      const { createTimeMs, id } = after;
      meeting = meeting.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("create_time", "id"), "<", tuple(new Date(createTimeMs), id)),
      );
    }
    // One row more than asked for shows whether there is a next page.
    const rows = await meeting
      .selectAll()
      .orderBy("create_time", "desc")
      .orderBy("id", "desc")
      .limit(pageSize + 1)
      .execute();
    const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
    return {
      orders: await load(rows.slice(0, pageSize)),
      next:
        last === undefined ? undefined : { createTimeMs: last.create_time.getTime(), id: last.id },
      totalSize: Number(total),
    };
  }

  return {
    list,
    find: async (id) => (await load(await orders.where("id", "=", id).execute()))[0],
    findByRequest: async (requestId) =>
      (await load(await orders.where("request_id", "=", requestId).execute()))[0],
    findPending: async (before) =>
      load(
        await orders
          .where("status", "=", OrderStatus.ORDER_STATUS_PENDING)
          .where("create_time", "<", before)
          .limit(100)
          .execute(),
      ),
  };
}
