import {
  type ClientTransport,
  checkMethods,
  checkOption,
  refuseUnknownOptions,
} from "@tightwire/core/runtime";
import type { Server } from "../server.js";
import { CAPABILITIES, InProcessListener } from "./listener.js";

/** Settings of an in-process transport; all optional. */
export interface InProcessOptions {
  /**
   * The `peer.identity` that handlers see, to say who calls. A name, not a proof. Default: none.
   */
  readonly identity?: string;
}

/**
 * A client transport to a server in this process: the same client, no socket. Handlers run in their
 * own async context, nothing but metadata and messages crosses, messages are encoded and decoded,
 * limits and deadlines hold. Use it as `createChannel("in-process:", { transport: inProcess(server)
 * })`. Throws a MisuseError for an invalid option. Once the server stops, and when it was stopped
 * before, calls fail with UNAVAILABLE.
 */
export function inProcess(server: Server, options: InProcessOptions = {}): ClientTransport {
  checkMethods("server", server, ["listen"]);
  refuseUnknownOptions("inProcess", options, ["identity"]);
  checkOption("identity", options.identity, "string");
  const listener = new InProcessListener(options.identity);
  // A server that was stopped throws: connect() reports that, and until then it must not count as
  // unhandled.
  const listening = (async () => await server.listen("in-process:", listener))();
  listening.catch(() => {});
  return {
    name: "in-process",
    capabilities: CAPABILITIES,
    connect: (_endpoint, connectOptions) => listening.then(() => listener.connect(connectOptions)),
  };
}
