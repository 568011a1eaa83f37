import { createCatalogClient } from "@shop/client";
import { OrdersService } from "@shop/contracts/orders";
import { createLogger } from "../logging.js";
import { runService } from "../process.js";
import { startService } from "../service.js";
import { StartError } from "../start-error.js";
import { readOrdersConfig } from "./config.js";
import { ordersMigrations } from "./migrations.js";
import { createOrderStore } from "./order-store.js";
import { createOrders } from "./orders.js";
import { startRepair } from "./repair.js";
import type { OrdersTables } from "./tables.js";

/** Makes the client. An invalid target is reported as the fault of its variable. */
function openCatalog(
  ...[target, options]: Parameters<typeof createCatalogClient>
): ReturnType<typeof createCatalogClient> {
  try {
    return createCatalogClient(target, options);
  } catch (error) {
    throw new StartError(
      `CATALOG_TARGET is not a target: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

await runService(async () => {
  const settings = readOrdersConfig();
  const logger = createLogger("orders", settings.logLevel);
  return startService<OrdersTables>({
    name: "orders",
    settings,
    logger,
    migrations: ordersMigrations,
    build(server, database, transport) {
      const catalog = openCatalog(settings.catalogTarget, { transport: transport.client, logger });
      const store = createOrderStore(database);
      server.add(OrdersService, createOrders(catalog, store, logger));
      const endRepair = startRepair({ catalog, store, logger });
      return async () => {
        await endRepair();
        await catalog.close();
      };
    },
  });
});
