import { createChannel } from "@tightwire/client";
import { createGateway } from "@tightwire/gateway";
import { startBackend } from "../../backend.js";
import { RestService } from "../../gen/rest/bench/rest/v1/rest.service.js";

/**
 * Tightwire's gateway in front of a service in another process, over the wire, all options as they
 * come.
 */
export async function startServer(): Promise<string> {
  const channel = createChannel(await startBackend());
  return (await createGateway().add(RestService, channel).listen("127.0.0.1:0")).address;
}
