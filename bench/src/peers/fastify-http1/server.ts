import { fastify } from "fastify";
import { addRoutes } from "../../rest-routes.js";

/** Fastify with JSON by schema, without its logger. */
export async function startServer(): Promise<string> {
  const server = fastify();
  addRoutes(server);
  return new URL(await server.listen({ host: "127.0.0.1", port: 0 })).host;
}
