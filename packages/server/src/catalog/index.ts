export { createCatalog } from "./catalog.js";
export { type CatalogStore, createCatalogStore } from "./catalog-store.js";
export { catalogMigrations } from "./migrations.js";
export type { CatalogDatabase, CatalogTables } from "./tables.js";
