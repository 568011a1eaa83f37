import type { ListenOptions } from "node:net";
import { MisuseError } from "@tightwire/core";

/** An address as Node listens at it. Throws a {@link MisuseError} for any other text. */
export function parseAddress(address: string): ListenOptions {
  if (address.startsWith("unix:") && address.length > "unix:".length)
    return { path: address.slice("unix:".length).replace(/^\/\/(?=\/)/, "") };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new MisuseError(
      "TW_INVALID_ADDRESS",
      `invalid address ${JSON.stringify(address)}; allowed: "127.0.0.1:50051", "[::]:50051", "unix:/path"`,
    );
  }
  return { host, port };
}
