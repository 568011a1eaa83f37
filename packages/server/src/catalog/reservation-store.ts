import type { Reservation, StockLine } from "@shop/contracts/catalog";
import { sql, type Transaction } from "kysely";
import { toTimestamp } from "../timestamp.js";
import { STOCK_COLUMNS, type StockChange, toStockChange } from "./stock.js";
import type { CatalogDatabase, CatalogTables } from "./tables.js";

/** A product with too little stock. */
export interface Shortage {
  readonly productId: string;
  readonly wanted: number;
  readonly left: number;
}

/** The result of a reservation. Only `reserved` took stock, the first time. */
export type ReserveOutcome =
  | { readonly kind: "reserved"; readonly reservation: Reservation }
  /** It was released already: reserving it again would take stock that nobody releases. */
  | { readonly kind: "released" }
  /** The id was used with other lines. */
  | { readonly kind: "different" }
  | { readonly kind: "unknown"; readonly productIds: string[] }
  | { readonly kind: "short"; readonly shortages: Shortage[] };

/** Reservations in the database, and the stock that they take. */
export interface ReservationStore {
  /**
   * Takes stock for all lines or none. The same id with the same lines gives the same result. A
   * product is in one line at most.
   */
  reserve(id: string, lines: readonly StockLine[]): Promise<ReserveOutcome>;
  /**
   * Gives the stock of a reservation back, once. Undefined when there was no reservation; its id
   * can then no longer be used, so that a `reserve` that arrives later takes no stock.
   */
  release(id: string): Promise<Reservation | undefined>;
}

type Trx = Transaction<CatalogTables>;

/** Thrown to roll the transaction back and still return the outcome. */
class Refused extends Error {
  readonly outcome: ReserveOutcome;
  constructor(outcome: ReserveOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** A store on an open database. */
export function createReservationStore(database: CatalogDatabase): ReservationStore {
  const { db, notify } = database;
  const notifyWatchers = (trx: Trx, changes: readonly StockChange[]) =>
    notify(
      trx,
      changes.map((change) => JSON.stringify(change)),
    );

  async function reserve(id: string, lines: readonly StockLine[]): Promise<ReserveOutcome> {
    try {
      return await db.transaction().execute(async (trx) => {
        // First, so that a second call with this id waits here until the first has committed.
        if (!(await insertReservation(trx, id, null))) return repeatedOutcome(trx, id, lines);
        await expectStock(trx, lines);
        await insertLines(trx, id, lines);
        await notifyWatchers(trx, await moveStock(trx, id, -1));
        return { kind: "reserved", reservation: await loadReservation(trx, id) };
      });
    } catch (error) {
      if (error instanceof Refused) return error.outcome;
      throw error;
    }
  }

  async function release(id: string): Promise<Reservation | undefined> {
    return db.transaction().execute(async (trx) => {
      if (await insertReservation(trx, id, new Date())) return undefined;
      const released = await trx
        .updateTable("reservation")
        .set({ release_time: new Date() })
        .where("id", "=", id)
        .where("release_time", "is", null)
        .executeTakeFirst();
      if (released.numUpdatedRows > 0n) {
        await lockProducts(
          trx,
          (await linesOf(trx, id)).map(({ productId }) => productId),
        );
        await notifyWatchers(trx, await moveStock(trx, id, 1));
      }
      const reservation = await loadReservation(trx, id);
      return reservation.lines.length === 0 ? undefined : reservation;
    });
  }

  return { reserve, release };
}

async function insertReservation(trx: Trx, id: string, releaseTime: Date | null): Promise<boolean> {
  const result = await trx
    .insertInto("reservation")
    .values({ id, create_time: new Date(), release_time: releaseTime })
    .onConflict((on) => on.column("id").doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

async function repeatedOutcome(
  trx: Trx,
  id: string,
  lines: readonly StockLine[],
): Promise<ReserveOutcome> {
  const reservation = await loadReservation(trx, id);
  const neverMade = reservation.lines.length === 0;
  if (!neverMade && !sameLines(reservation.lines, lines)) return { kind: "different" };
  return reservation.releaseTime === undefined
    ? { kind: "reserved", reservation }
    : { kind: "released" };
}

/** Compares lines without regard to their order. */
function sameLines(a: readonly StockLine[], b: readonly StockLine[]): boolean {
  const quantities = new Map(a.map(({ productId, quantity }) => [productId, quantity]));
  return (
    a.length === b.length &&
    b.every(({ productId, quantity }) => quantities.get(productId) === quantity)
  );
}

async function expectStock(trx: Trx, lines: readonly StockLine[]): Promise<void> {
  const stock = await lockProducts(
    trx,
    lines.map(({ productId }) => productId),
  );
  const productIds = lines
    .map(({ productId }) => productId)
    .filter((productId) => !stock.has(productId));
  if (productIds.length > 0) throw new Refused({ kind: "unknown", productIds });
  const shortages = lines
    .map(({ productId, quantity }) => ({
      productId,
      wanted: quantity,
      left: stock.get(productId) ?? 0,
    }))
    .filter(({ wanted, left }) => wanted > left);
  if (shortages.length > 0) throw new Refused({ kind: "short", shortages });
}

/**
 * Locks products in the order of their ids, so that no two transactions wait for each other, and
 * returns their stock.
 */
async function lockProducts(trx: Trx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await trx
    .selectFrom("product")
    .select(["id", "stock"])
    .where("id", "in", ids)
    .orderBy("id")
    .forUpdate()
    .execute();
  return new Map(rows.map(({ id, stock }) => [id, stock]));
}

async function insertLines(trx: Trx, id: string, lines: readonly StockLine[]): Promise<void> {
  const rows = lines.map(({ productId, quantity }, position) => ({
    reservation_id: id,
    position,
    product_id: productId,
    quantity,
  }));
  await trx.insertInto("reservation_line").values(rows).execute();
}

async function moveStock(trx: Trx, reservationId: string, sign: 1 | -1): Promise<StockChange[]> {
  const rows = await trx
    .updateTable("product")
    .from("reservation_line as line")
    .set({
      stock: sql<number>`stock + ${sql.lit(sign)} * line.quantity`,
      stock_revision: sql<number>`stock_revision + 1`,
      stock_time: new Date(),
    })
    .whereRef("product.id", "=", "line.product_id")
    .where("line.reservation_id", "=", reservationId)
    .returning(STOCK_COLUMNS)
    .execute();
  return rows.map(toStockChange);
}

async function linesOf(trx: Trx, id: string): Promise<StockLine[]> {
  return trx
    .selectFrom("reservation_line")
    .select(["product_id as productId", "quantity"])
    .where("reservation_id", "=", id)
    .orderBy("position")
    .execute();
}

async function loadReservation(trx: Trx, id: string): Promise<Reservation> {
  const row = await trx
    .selectFrom("reservation")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return {
    id,
    lines: await linesOf(trx, id),
    createTime: toTimestamp(row.create_time),
    releaseTime: row.release_time === null ? undefined : toTimestamp(row.release_time),
  };
}
