import { type CatalogClient, CatalogService } from "@shop/contracts/catalog";
import { type ChannelOptions, createChannel, createClient } from "@tightwire/client";
import type { Closable } from "./closable.js";

/**
 * A client of the catalog at `target`, for example `dns:///catalog:50051` or `127.0.0.1:50051`. It
 * connects on the first call. Keep one client and close it at the end. Throws a MisuseError for a
 * target or an option that `createChannel` does not accept.
 */
export function createCatalogClient(
  target: string,
  options: ChannelOptions = {},
): CatalogClient & Closable {
  const channel = createChannel(target, options);
  return { ...createClient(CatalogService, channel), close: (graceMs) => channel.close(graceMs) };
}
