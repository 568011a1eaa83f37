import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { type FastifyRequest, fastify } from "fastify";
import { startBackend } from "../../backend.js";
import {
  GetRequest,
  GetResponse,
  ListRequest,
  ListResponse,
} from "../../gen/grpc-js/bench/v1/bench.js";
import { within } from "../../grpc-js-call.js";
import { getInNumbers, listInNumbers } from "../../numbers.js";
import { getSchema, listSchema, textSchema, wholeSchema } from "../../rest-schemas.js";

const SERVICE = "/bench.rest.v1.RestService";

/**
 * Fastify with JSON by schema, whose handlers call the same service as `gateway-proxy` does with
 * grpc-js's own client: what one writes by hand.
 */
export async function startServer(): Promise<string> {
  const client = new Client(await startBackend(), credentials.createInsecure());
  const server = fastify();
  server.get<{ Params: { id: string } }>(
    "/orders/:id",
    { schema: { params: textSchema("id"), response: { 200: getSchema } } },
    async (request) =>
      getInNumbers(
        await call(
          client,
          `${SERVICE}/Get`,
          GetRequest,
          GetResponse,
          { id: request.params.id },
          request,
        ),
      ),
  );
  server.get<{ Querystring: { pageSize: number } }>(
    "/lines",
    { schema: { querystring: wholeSchema("pageSize"), response: { 200: listSchema } } },
    async (request) =>
      listInNumbers(
        await call(
          client,
          `${SERVICE}/List`,
          ListRequest,
          ListResponse,
          { pageSize: request.query.pageSize },
          request,
        ),
      ),
  );
  return new URL(await server.listen({ host: "127.0.0.1", port: 0 })).host;
}

interface MessageType<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** A call that carries what the request says of it: the time left, and the headers of life. */
function call<Request, Response>(
  client: Client,
  path: string,
  requestType: MessageType<Request>,
  responseType: MessageType<Response>,
  message: Request,
  { headers }: Pick<FastifyRequest, "headers">,
): Promise<Response> {
  const metadata = new Metadata();
  for (const name of ["authorization", "traceparent"]) {
    const value = headers[name];
    if (typeof value === "string") metadata.set(name, value);
  }
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (request: Request) => Buffer.from(requestType.encode(request).finish()),
      (bytes: Buffer) => responseType.decode(bytes),
      message,
      metadata,
      within(Number(headers["x-timeout-ms"])),
      (error: ServiceError | null, response?: Response) =>
        error === null ? resolve(response as Response) : reject(error),
    );
  });
}
