import type { SubjectListener, TransportSubject } from "@tightwire/transport-contract";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";

type ClientOptions = Parameters<typeof wireClient>[0];
type ServerOptions = Parameters<typeof wireServer>[0];
type Listening = Parameters<TransportSubject["listen"]>[0];

/** What the wire can do. */
export const WIRE: TransportSubject["capabilities"] = {
  compressRequests: true,
  compressResponses: true,
  knowsOutcome: true,
};

/** Lets a server listen with the wire on the loopback interface; clients name it by address. */
export async function listenOnTcp(
  server: Listening,
  client?: ClientOptions,
  options?: ServerOptions,
): Promise<SubjectListener> {
  const { address } = await server.listen("127.0.0.1:0", wireServer(options));
  return {
    target: `static:///${address}`,
    endpoint: { address, authority: address },
    transport: wireClient(client),
  };
}
