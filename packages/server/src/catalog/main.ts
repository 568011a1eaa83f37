import { CatalogService } from "@shop/contracts/catalog";
import { createLogger } from "../logging.js";
import { runService } from "../process.js";
import { startService } from "../service.js";
import { createCatalog } from "./catalog.js";
import { createCatalogStore } from "./catalog-store.js";
import { readCatalogConfig } from "./config.js";
import { catalogMigrations } from "./migrations.js";
import type { CatalogTables } from "./tables.js";

await runService(async () => {
  const settings = readCatalogConfig();
  const logger = createLogger("catalog", settings.logLevel);
  return startService<CatalogTables>({
    name: "catalog",
    settings,
    logger,
    migrations: catalogMigrations,
    build(server, database) {
      server.add(CatalogService, createCatalog(createCatalogStore(database)));
      return () => Promise.resolve();
    },
  });
});
