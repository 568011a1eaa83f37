import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from "node:http";
import type { Socket } from "node:net";

type Head = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * The class of a server's responses (`ServerResponse` in the options of `http.createServer`). Once
 * the server closes, the response to the newest request of each connection has `connection: close`,
 * and Node closes the connection after it. Earlier responses of pipelined requests do not have it.
 *
 * This is a trick: Node has no option for it, and a header that is set when the request arrives is
 * too early, since the server may start to close later. It relies on three facts of Node, which the
 * test of this file checks: Node constructs each response when its request arrives, writes every
 * head with `writeHead`, and reads `shouldKeepAlive` (an undocumented field) there.
 */
export function lastResponseClass(server: {
  readonly closing: boolean;
}): typeof ServerResponse<IncomingMessage> {
  /** The response to the newest request of each connection. */
  const newest = new WeakMap<Socket, ServerResponse>();
  return class extends ServerResponse {
    constructor(request: IncomingMessage) {
      super(request);
      newest.set(request.socket, this);
    }

    override writeHead(status: number, reason?: Head | string, headers?: Head): this {
      if (server.closing && newest.get(this.req.socket) === this) this.shouldKeepAlive = false;
      return super.writeHead(status, reason as string, headers);
    }
  };
}
