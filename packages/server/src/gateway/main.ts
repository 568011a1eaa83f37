import { CatalogService } from "@shop/contracts/catalog";
import { OrdersService } from "@shop/contracts/orders";
import { type Channel, createChannel } from "@tightwire/client";
import { createGateway, type Gateway } from "@tightwire/gateway";
import { createLogger } from "../logging.js";
import { type RunningService, runService } from "../process.js";
import { StartError } from "../start-error.js";
import { createTransport } from "../transports.js";
import { type GatewayConfig, readGatewayConfig } from "./config.js";

await runService(async () => {
  const config = readGatewayConfig();
  const logger = createLogger("gateway", config.logLevel);
  const { client: transport } = createTransport(config.transport);
  const catalog = openChannel("CATALOG_TARGET", config.catalogTarget);
  const orders = openChannel("ORDERS_TARGET", config.ordersTarget);
  const gateway = createGateway({
    logger,
    openApi: { title: "The film shop", version: "v1" },
    ...(config.corsOrigins.length === 0 ? {} : { cors: { origins: config.corsOrigins } }),
  });
  gateway.add(CatalogService, catalog).add(OrdersService, orders);
  const address = await listen(gateway, config);
  logger.info({ address }, "serving");
  return {
    address,
    async stop() {
      await gateway.close();
      await Promise.all([catalog.close(), orders.close()]);
    },
  } satisfies RunningService;

  /** Opens a channel. An invalid target is reported as the fault of its variable. */
  function openChannel(variable: string, target: string): Channel {
    try {
      return createChannel(target, { transport });
    } catch (error) {
      throw new StartError(
        `${variable} is not a target: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
});

async function listen(gateway: Gateway, { address }: GatewayConfig): Promise<string> {
  try {
    return (await gateway.listen(address)).address;
  } catch (error) {
    throw new StartError(
      `gateway cannot listen (GATEWAY_ADDRESS): ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
