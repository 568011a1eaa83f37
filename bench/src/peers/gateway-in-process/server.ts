import { createChannel } from "@tightwire/client";
import { createGateway } from "@tightwire/gateway";
import { createServer, inProcess } from "@tightwire/server";
import { RestService } from "../../gen/rest/bench/rest/v1/rest.service.js";
import { restHandlers } from "../../rest-service.js";

/** Tightwire's gateway and the service that it serves in one process, all options as they come. */
export async function startServer(): Promise<string> {
  const server = createServer().add(RestService, restHandlers);
  const channel = createChannel("in-process:", {
    transport: inProcess(server, { identity: "gateway" }),
  });
  return (await createGateway().add(RestService, channel).listen("127.0.0.1:0")).address;
}
