export { createCatalogClient } from "./catalog-client.js";
export type { Closable } from "./closable.js";
export { createOrdersClient } from "./orders-client.js";
