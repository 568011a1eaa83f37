export { ordersMigrations } from "./migrations.js";
export { createOrderStore, type OrderStore } from "./order-store.js";
export { createOrders } from "./orders.js";
export type { OrdersDatabase, OrdersTables } from "./tables.js";
