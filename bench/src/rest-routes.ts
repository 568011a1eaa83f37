import { Readable } from "node:stream";
import type {
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerBase,
} from "fastify";
import type { GetResponse, ListResponse, WatchResponse } from "./gen/numbers/bench/v1/bench.js";
import { changeInNumbers, getInNumbers, listInNumbers } from "./numbers.js";
import { changeSchema, getSchema, listSchema, textSchema, wholeSchema } from "./rest-schemas.js";
import { sampleGetResponse, sampleListResponse, sampleWatchResponse } from "./sample.js";

declare module "fastify" {
  interface FastifyRequest {
    /** The deadline of the caller, in milliseconds since 1970. */
    deadlineMs: number;
  }
}

type Server<Raw extends RawServerBase> = FastifyInstance<
  Raw,
  RawRequestDefaultExpression<Raw>,
  RawReplyDefaultExpression<Raw>
>;

const PART_CHARS = 16_384;

/**
 * The bench service as REST: typed handlers, responses by schema, and the caller's deadline read
 * from its headers.
 */
export function addRoutes<Raw extends RawServerBase>(server: Server<Raw>): void {
  server.decorateRequest("deadlineMs", Number.POSITIVE_INFINITY);
  server.addHook("onRequest", (request, _reply, done) => {
    request.deadlineMs = Date.now() + Number(request.headers["x-timeout-ms"]);
    done();
  });
  server.get<{ Params: { id: string }; Reply: GetResponse }>(
    "/orders/:id",
    { schema: { params: textSchema("id"), response: { 200: getSchema } } },
    async ({ params }) => getInNumbers(sampleGetResponse(params.id)),
  );
  server.get<{ Querystring: { pageSize: number }; Reply: ListResponse }>(
    "/lines",
    { schema: { querystring: wholeSchema("pageSize"), response: { 200: listSchema } } },
    async ({ query }) => listInNumbers(sampleListResponse(query.pageSize)),
  );
  server.get<{ Querystring: { count: number } }>(
    "/changes",
    { schema: { querystring: wholeSchema("count") } },
    async ({ query }, reply) => {
      const serialize = reply.compileSerializationSchema(changeSchema) as (
        message: object,
      ) => string;
      return reply
        .type("application/x-ndjson")
        .send(Readable.from(lines(changes(query.count), serialize)));
    },
  );
}

function* changes(count: number): Generator<WatchResponse> {
  for (let sequence = 0; sequence < count; sequence++)
    yield changeInNumbers(sampleWatchResponse(sequence));
}

/**
 * A line of JSON for each message, and many lines in a part, since each part costs a write to the
 * socket.
 */
function* lines(
  messages: Iterable<object>,
  serialize: (message: object) => string,
): Generator<string> {
  let part = "";
  for (const message of messages) {
    part += `${serialize(message)}\n`;
    if (part.length < PART_CHARS) continue;
    yield part;
    part = "";
  }
  if (part !== "") yield part;
}
