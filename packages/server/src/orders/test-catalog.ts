import {
  type CatalogErrors,
  type CatalogHandlers,
  CatalogService,
  type Reservation,
} from "@shop/contracts/catalog";
import { type ErrorConstructors, RpcError } from "@tightwire/core";
import { implement } from "@tightwire/server";

/**
 * A catalog for the tests of orders (which never import the real one): films `a` and `b`, ten of
 * each, and faults on demand.
 */
export interface TestCatalog {
  readonly handlers: CatalogHandlers;
  stock(id: string): number;
  /** Runs after stock was taken, before the response. */
  afterReserve(action: () => void | Promise<void>): void;
  failReleases(fail: boolean): void;
  /** Resets to ten of each film, no reservations, no faults. */
  reset(): void;
}

const PRICES: ReadonlyMap<string, bigint> = new Map([
  ["a", 100n],
  ["b", 250n],
]);

/** A catalog as it is after {@link TestCatalog.reset}. */
export function createTestCatalog(): TestCatalog {
  const stock = new Map<string, number>();
  const reservations = new Map<string, Reservation>();
  let action: () => void | Promise<void>;
  let releasesFail: boolean;
  const reset = () => {
    for (const id of PRICES.keys()) stock.set(id, 10);
    reservations.clear();
    action = () => {};
    releasesFail = false;
  };
  reset();

  type Errors = ErrorConstructors<Pick<typeof CatalogErrors, "unknownProduct">>;
  const product = (id: string, errors: Errors) => {
    const priceCents = PRICES.get(id);
    if (priceCents === undefined)
      throw errors.unknownProduct({ productIds: [id] }, "no such product");
    const film = {
      title: `Film ${id}`,
      releaseDate: undefined,
      genre: "",
      mpaaRating: 0 as const,
      distributor: "",
      director: "",
    };
    return { id, priceCents, film, stock: stock.get(id) ?? 0, createTime: undefined };
  };
  const unused = () => {
    throw new RpcError("unimplemented", "not in this catalog");
  };

  const handlers = implement(CatalogService, {
    batchGetProducts: async ({ ids }, { errors }) => ({
      products: ids.map((id) => product(id, errors)),
    }),
    async reserveStock({ reservationId: id, lines }, { errors }) {
      const known = reservations.get(id);
      if (known?.releaseTime !== undefined) throw errors.alreadyReleased(`${id} was released`);
      if (known !== undefined) return { reservation: known };
      for (const { productId, quantity } of lines) {
        const left = product(productId, errors).stock;
        if (quantity > left)
          throw errors.tooLittleStock(
            { shortages: [{ productId, wanted: quantity, left }] },
            "too little stock",
          );
      }
      for (const { productId, quantity } of lines)
        stock.set(productId, (stock.get(productId) ?? 0) - quantity);
      const reservation: Reservation = { id, lines, createTime: undefined, releaseTime: undefined };
      reservations.set(id, reservation);
      await action();
      return { reservation };
    },
    async releaseStock({ reservationId: id }) {
      if (releasesFail) throw new RpcError("unavailable", "no releases");
      const known = reservations.get(id);
      for (const { productId, quantity } of known?.releaseTime === undefined
        ? (known?.lines ?? [])
        : []) {
        stock.set(productId, (stock.get(productId) ?? 0) + quantity);
      }
      reservations.set(id, {
        id,
        lines: known?.lines ?? [],
        createTime: undefined,
        releaseTime: { seconds: 1n, nanos: 0 },
      });
      return { reservation: known };
    },
    getProduct: unused,
    listProducts: unused,
    importProducts: unused,
    watchStock: unused,
  });
  return {
    handlers,
    reset,
    stock: (id) => stock.get(id) ?? 0,
    afterReserve: (next) => {
      action = next;
    },
    failReleases: (fail) => {
      releasesFail = fail;
    },
  };
}
