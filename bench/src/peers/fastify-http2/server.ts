import { fastify } from "fastify";
import { addRoutes } from "../../rest-routes.js";

/** Fastify over HTTP/2 without TLS (h2c), with JSON by schema, without its logger. */
export async function startServer(): Promise<string> {
  const server = fastify({ http2: true });
  addRoutes(server);
  return new URL(await server.listen({ host: "127.0.0.1", port: 0 })).host;
}
