import { type CatalogHandlers, CatalogService } from "@shop/contracts/catalog";
import { implement } from "@tightwire/server";
import { untilDrain } from "../until-drain.js";
import type { CatalogStore } from "./catalog-store.js";
import { importProducts } from "./import-products.js";
import { listProducts } from "./list-products.js";
import { findExisting } from "./products.js";
import { releaseStock, reserveStock } from "./reserve-stock.js";
import { watchStock } from "./watch-stock.js";

/** The catalog's handlers over a store. */
export const createCatalog = (store: CatalogStore): CatalogHandlers =>
  implement(CatalogService, {
    async getProduct({ id }, call) {
      const [product] = await findExisting(store, [id], call.errors);
      return { product };
    },

    batchGetProducts: async ({ ids }, call) => ({
      products: await findExisting(store, ids, call.errors),
    }),

    listProducts: (request) => listProducts(store, request),
    importProducts: (requests) => importProducts(store, requests),
    watchStock: (request, call) => watchStock(store, request, call.errors, untilDrain(call)),
    reserveStock: (request, call) => reserveStock(store, request, call.errors),
    releaseStock: (request) => releaseStock(store, request),
  });
