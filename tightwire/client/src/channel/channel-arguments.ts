import { MisuseError } from "@tightwire/core";
import { checkMethods } from "@tightwire/core/runtime";
import type { Target } from "../resolver/target.js";

/**
 * Throws a MisuseError for anything but a transport of clients. It may be undefined, except for a
 * server of this process, which can be reached over its own transport only.
 */
export function checkTransport({ scheme, text }: Target, transport: unknown): void {
  if (transport !== undefined) return checkMethods("transport", transport, ["connect"]);
  if (scheme !== "in-process") return;
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `the target ${JSON.stringify(text)} needs a transport: pass transport: inProcess(server), of @tightwire/server`,
  );
}
