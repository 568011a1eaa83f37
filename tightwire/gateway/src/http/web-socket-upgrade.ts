import type { IncomingMessage, Server } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import type { OpenedSocket } from "../rest/web-socket.js";
import { callOptionsOf } from "./call-options.js";
import type { ServerState } from "./close-server.js";
import { mayOpenSocket } from "./cors.js";
import { asRpcError, errorResponse } from "./error-response.js";
import { HttpError } from "./http-error.js";
import { sendRaw } from "./raw-response.js";
import type { ListenerParts } from "./request-listener.js";
import { pathOf, targetOf } from "./request-target.js";
import { isStreaming } from "./streamed-response.js";

/** Opens WebSockets for the streaming methods that have a route. */
export function acceptWebSockets(
  http: Server,
  parts: ListenerParts,
  state: ServerState,
): WebSocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: parts.settings.maxMessageBytes,
    clientTracking: true,
  });
  http.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (isStreaming(socket)) return void socket.destroy();
    try {
      if (state.closing) throw new HttpError("unavailable", "the gateway is shutting down");
      const carry = prepareCall(request, parts);
      server.handleUpgrade(request, socket, head, (opened) => {
        opened.on("error", () => opened.terminate());
        void carry(opened);
      });
    } catch (error) {
      const response = errorResponse(asRpcError(error), request.headers.accept, parts.registry());
      sendRaw(socket, response, parts.settings.clock);
    }
  });
  return server;
}

/** Reads the call out of a request. Throws an HttpError when no WebSocket may be opened for it. */
function prepareCall(
  request: IncomingMessage,
  { routes, settings, cors }: ListenerParts,
): (socket: OpenedSocket) => Promise<void> {
  const target = targetOf(request);
  const path = pathOf(target);
  const match = routes.sockets.find(path);
  if (match === undefined)
    throw new HttpError("not_found", `no streaming method for ${path.slice(0, 200)}`);
  const { origin, host } = request.headers;
  if (!mayOpenSocket(origin, host, cors)) {
    throw new HttpError(
      "permission_denied",
      `origin ${String(origin).slice(0, 100)} is not allowed to open a WebSocket here`,
    );
  }
  return match.value.prepare({
    match,
    query: target.slice(path.length + 1),
    options: callOptionsOf(request, settings),
  });
}
