import type { Logger } from "@tightwire/core";
import { createServer, type Served, type Server, serve } from "@tightwire/server";
import type { Database, DatabaseOptions } from "./database/index.js";
import { openDatabase } from "./database/index.js";
import { outageAsUnavailable } from "./database/outage.js";
import type { RunningService } from "./process.js";
import type { CommonSettings } from "./settings.js";
import { StartError } from "./start-error.js";
import { createTransport, type Transport } from "./transports.js";

/** What a service is made of. */
export interface ServiceParts<Tables> {
  /** For example `catalog`. Its folder, schema and variables are named after it. */
  readonly name: string;
  readonly settings: CommonSettings & { readonly address: string };
  readonly logger: Logger;
  readonly migrations: DatabaseOptions["migrations"];
  /**
   * Adds the handlers. Returns what closes their resources, after the last call and before the
   * database closes.
   */
  build(server: Server, database: Database<Tables>, transport: Transport): () => Promise<void>;
}

/**
 * Opens the database and serves. Throws a {@link StartError} for what the user can fix; nothing is
 * left open then.
 */
export async function startService<Tables>({
  name,
  settings,
  logger,
  migrations,
  build,
}: ServiceParts<Tables>): Promise<RunningService> {
  const { dataDir, databaseUrl, address } = settings;
  const transport = createTransport(settings.transport);
  const database = await openDatabase<Tables>({
    name,
    dataDir,
    migrations,
    onTrouble: (message, error) =>
      logger.warn({ error: error === undefined ? undefined : String(error) }, message),
    ...(databaseUrl === undefined ? {} : { url: databaseUrl }),
  });
  const server = createServer({ logger, interceptors: [outageAsUnavailable] });
  let closeHandlers = () => Promise.resolve();
  const close = async () => {
    await closeHandlers();
    await database.close();
  };
  let served: Served;
  try {
    closeHandlers = build(server, database, transport);
    served = await listen(name, server, address, transport);
  } catch (error) {
    await close();
    throw error;
  }
  logger.info({ address: served.address, database: database.location }, "serving");
  return {
    address: served.address,
    database: database.location,
    async stop() {
      await served.stop();
      await close();
    },
  };
}

async function listen(
  name: string,
  server: Server,
  address: string,
  { server: transport }: Transport,
): Promise<Served> {
  try {
    return await serve(server, { address, transport, signals: [] });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${name} cannot listen (${name.toUpperCase()}_ADDRESS): ${reason}`, {
      cause: error,
    });
  }
}
