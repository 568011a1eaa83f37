import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A server of Node's without a gateway, for tests of what the gateway relies on in Node. */
export async function serveRaw(
  handle: RequestListener,
  options: ServerOptions<typeof IncomingMessage, typeof ServerResponse<IncomingMessage>> = {},
): Promise<Server> {
  const server = createServer(options, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return server;
}

/** A connection to a server, and all that arrived on it. */
export function openRaw(server: Server): { socket: Socket; text: () => string } {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let text = "";
  socket.on("data", (part) => {
    text += part.toString("latin1");
  });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return { socket, text: () => text };
}

/** A request without a body. */
export const GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
