import type { CatalogClient, ImportProductsRequest } from "@shop/contracts/catalog";
import { CatalogService, type Film, MpaaRating, type Product } from "@shop/contracts/catalog";
import { type Order, OrderStatus, type OrdersClient, OrdersService } from "@shop/contracts/orders";
import type { PartialMessage, RequestStream } from "@tightwire/core";
import { createServer, implement } from "@tightwire/server";
import { expect, expectTypeOf, it } from "vitest";

// Each `@ts-expect-error` is a contract that is broken on purpose: when one of them compiles, `pnpm build` fails. Nothing here is run but the last test.

const film: Film = {
  title: "Alien",
  releaseDate: undefined,
  genre: "Horror",
  mpaaRating: MpaaRating.MPAA_RATING_R,
  distributor: "",
  director: "",
};
const product: Product = { id: "1", film, priceCents: 999n, stock: 1, createTime: undefined };
const order: Order = {
  id: "1",
  status: OrderStatus.ORDER_STATUS_CONFIRMED,
  buyer: undefined,
  lines: [],
  payment: undefined,
  totalCents: 0n,
  createTime: undefined,
  updateTime: undefined,
};

const catalog = {
  getProduct: async () => ({ product }),
  batchGetProducts: async () => ({ products: [product] }),
  listProducts: async () => ({ products: [], nextPageToken: "", totalSize: 0 }),
  importProducts: async () => ({
    received: 0,
    created: 0,
    unchanged: 0,
    rejected: 0,
    rejections: [],
  }),
  async *watchStock() {
    yield { productId: "1", stock: 1, changeTime: undefined };
  },
  reserveStock: async () => ({ reservation: undefined }),
  releaseStock: async () => ({ reservation: undefined }),
};

const orders = {
  placeOrder: async () => ({ order }),
  getOrder: async () => ({ order }),
  listOrders: async () => ({ orders: [order], nextPageToken: "", totalSize: 1 }),
  cancelOrder: async () => ({ order }),
  async *trackOrder() {
    yield { id: "1", status: OrderStatus.ORDER_STATUS_CONFIRMED, changeTime: undefined };
  },
  async *quoteBasket() {
    yield { lines: [], totalCents: 0n };
  },
};

export const brokenHandlers = (): void => {
  implement(CatalogService, catalog);
  implement(OrdersService, orders);

  const { getProduct: _deleted, ...withoutOne } = catalog;
  // @ts-expect-error a handler is missing
  implement(CatalogService, withoutOne);
  // @ts-expect-error a handler that the contract does not have
  implement(CatalogService, { ...catalog, getProdukt: async () => ({ product }) });
  implement(OrdersService, {
    ...orders,
    async placeOrder(_request, call) {
      if (call.method.name === "a")
        // @ts-expect-error an error that only another method declares
        throw call.errors.tooLateToCancel("too late");
      if (call.method.name === "b")
        // @ts-expect-error a detail whose field is of the wrong type
        throw call.errors.outOfStock({ orderId: 7 }, "none left");
      // @ts-expect-error a detail is missing
      if (call.method.name === "c") throw call.errors.outOfStock("none left");
      throw call.errors.outOfStock({ orderId: "1" }, "none left");
    },
    async cancelOrder(_request, call) {
      // @ts-expect-error a detail of an error that has none
      if (call.method.name === "a") throw call.errors.tooLateToCancel({}, "too late");
      throw call.errors.tooLateToCancel("too late");
    },
    async getOrder(_request, call) {
      // @ts-expect-error a method that declares no errors has none
      throw call.errors.outOfStock({ orderId: "1" }, "none left");
    },
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a field is missing
    listProducts: async () => ({ products: [], nextPageToken: "" }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a field is of the wrong type
    listProducts: async () => ({ products: [], nextPageToken: 7, totalSize: 0 }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error an int64 is a bigint
    getProduct: async () => ({ product: { ...product, priceCents: 999 } }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a misspelt field beside all that are there
    listProducts: async () => ({ products: [], nextPageToken: "", totalSize: 0, totalsize: 0 }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a misspelt field of a nested message
    getProduct: async () => ({ product: { ...product, stok: 1 } }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a misspelt optional field, two messages deep
    getProduct: async () => ({ product: { ...product, film: { ...film, runningTimeMinute: 90 } } }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a misspelt field of a message in a list
    batchGetProducts: async () => ({ products: [{ ...product, stok: 1 }] }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a misspelt field in a generator
    async *watchStock() {
      yield { productId: "1", stock: 1, changeTime: undefined, chnageTime: undefined };
    },
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a missing field in a generator
    async *watchStock() {
      yield { productId: "1", stock: 1 };
    },
  });
  implement(OrdersService, {
    ...orders,
    // @ts-expect-error a misspelt field inside a oneof
    getOrder: async () => ({
      order: {
        ...order,
        payment: { $case: "invoice", value: { reference: "A1", refrence: "A1" } } as const,
      },
    }),
  });
  implement(OrdersService, {
    ...orders,
    // @ts-expect-error a oneof member that the contract does not have
    getOrder: async () => ({ order: { ...order, payment: { $case: "cash", value: {} } as const } }),
  });
  implement(OrdersService, {
    ...orders,
    // @ts-expect-error an enum value that the contract does not have
    getOrder: async () => ({ order: { ...order, status: 77 as const } }),
  });
  implement(CatalogService, {
    ...catalog,
    // @ts-expect-error a streaming method returns an async iterable
    watchStock: async () => ({ productId: "1", stock: 1, changeTime: undefined }),
  });
  createServer().add(CatalogService, {
    ...catalog,
    // @ts-expect-error the server holds handlers as exactly as implement does
    getProduct: async () => ({ product: { ...product, stok: 1 } }),
  });
  // @ts-expect-error handlers of another service
  createServer().add(CatalogService, orders);
};

export const brokenCalls = async (client: CatalogClient): Promise<void> => {
  await client.getProduct({ id: "1" });
  await client.getProduct({}); // a caller may leave fields out, as in every gRPC language
  await client.reserveStock({ reservationId: "r", lines: [{ productId: "1" }] });
  // @ts-expect-error a field that the request does not have
  await client.getProduct({ productId: "1" });
  // @ts-expect-error a field of the wrong type
  await client.getProduct({ id: 1 });
  // @ts-expect-error a misspelt field of a nested message
  await client.reserveStock({ reservationId: "r", lines: [{ productid: "1" }] });
  // @ts-expect-error a method that the contract does not have
  await client.getProducts({ id: "1" });
  // @ts-expect-error an option that calls do not have
  await client.getProduct({ id: "1" }, { timeout: 5 });
  // @ts-expect-error the response has no such field
  (await client.getProduct({ id: "1" })).film;
  // @ts-expect-error a stream of requests is an iterable
  await client.importProducts({ draft: undefined });
};

export const brokenStreams = async (client: CatalogClient, basket: OrdersClient): Promise<void> => {
  async function* typed(): AsyncGenerator<ImportProductsRequest> {}
  async function* partly() {
    yield { row: 1 };
    yield { product: { priceCents: 999n, film: { title: "Alien" } } };
  }
  await client.importProducts(typed());
  await client.importProducts(partly());
  await client.importProducts([]);
  await client.importProducts([{ row: 1 }, { product: { id: "1" } }]);
  await client.importProducts(new Set([{ row: 1 }]));
  await client.importProducts(
    [1, 2].map((row) => ({ row, product: { film: { title: String(row) } } })),
  );
  basket.quoteBasket([{ change: { $case: "add", value: { productId: "1", quantity: 2 } } }]);

  // @ts-expect-error a misspelt field in an array
  await client.importProducts([{ row: 1, rwo: 2 }]);
  // @ts-expect-error a misspelt field in an array that was mapped
  await client.importProducts([1, 2].map((row) => ({ row, rwo: row })));
  await client.importProducts(
    // @ts-expect-error a misspelt field of a nested message, two deep
    [1, 2].map((row) => ({ row, product: { film: { tilte: "Alien" } } })),
  );
  async function* misspelt() {
    yield { row: 1, rwo: 2 };
  }
  // @ts-expect-error a misspelt field in a generator
  await client.importProducts(misspelt());
  async function* misspeltOnce() {
    yield { row: 1 };
    yield { row: 2, rwo: 2 };
  }
  // @ts-expect-error a misspelt field in one of a generator's messages
  await client.importProducts(misspeltOnce());
  async function* wrong() {
    yield { row: "1" };
  }
  // @ts-expect-error a field of the wrong type in a generator
  await client.importProducts(wrong());
  basket.quoteBasket(
    // @ts-expect-error a misspelt field inside a oneof, in a bidirectional stream
    [1].map((quantity) => ({ change: { $case: "add", value: { quantity, quantiy: 1 } } as const })),
  );
  basket.quoteBasket(
    // @ts-expect-error a oneof member that the contract does not have
    [1].map((quantity) => ({ change: { $case: "put", value: { quantity } } as const })),
  );
};

/** A message that holds itself, as google.protobuf.Struct does. */
interface Tree {
  readonly name: string;
  readonly left: Tree | undefined;
  readonly more: readonly Tree[];
  readonly byName: { readonly [key: string]: Tree };
  readonly choice:
    | { readonly $case: "tree"; readonly value: Tree }
    | { readonly $case: "text"; readonly value: string }
    | undefined;
}

export const recursiveStreams = (tree: Tree, part: PartialMessage<Tree>): void => {
  const send = <Given extends PartialMessage<Tree>>(
    _requests: RequestStream<Tree, Given>,
  ): void => {};
  send([tree]);
  send([part]);
  send(
    [1].map(() => ({
      left: {
        left: tree,
        more: [{ name: "leaf" }],
        choice: { $case: "tree", value: { name: "" } } as const,
      },
    })),
  );
  // @ts-expect-error a misspelt field, two messages deep
  send([1].map(() => ({ left: { left: { nmae: "leaf" } } })));
  // @ts-expect-error a misspelt field of a message in a list
  send([1].map(() => ({ more: [{ name: "leaf", nmae: "leaf" }] })));
  // @ts-expect-error a misspelt field inside a oneof
  send([1].map(() => ({ choice: { $case: "tree", value: { name: "", nmae: "" } } as const })));
};

it("gives callers the contract's own types", () => {
  expectTypeOf<CatalogClient["getProduct"]>()
    .returns.resolves.toHaveProperty("product")
    .toEqualTypeOf<Product | undefined>();
  expectTypeOf<Product["priceCents"]>().toEqualTypeOf<bigint>();
  expect(implement(CatalogService, catalog)).toBe(catalog);
});
