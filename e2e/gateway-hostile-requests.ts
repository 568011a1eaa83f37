/**
 * A request that a gateway must refuse: the bytes for a socket, and the expected statuses.
 */
export interface HostileRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  readonly statuses: readonly number[];
  /** Whether the client then stops in the middle of the body. */
  readonly waits?: boolean;
}

/** Generates numbers below 1, the same ones for the same seed. Source: Mulberry32. */
export type Random = () => number;

/** One of several. */
function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

const ORDER = {
  requestId: "r-1",
  buyer: { name: "Ada", email: "ada@example.org", address: "1 Road" },
  lines: [{ productId: "p-1", quantity: 2 }],
  card: { number: "4111111111111111", expiryMonth: 12, expiryYear: 2030 },
};
const JSON_TYPE = "application/json";
/** The limit of the gateway under test. */
export const MAX_BYTES = 65_536;

function http(
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Buffer {
  const content = Buffer.from(body ?? "");
  const length = body === undefined ? {} : { "content-length": String(content.byteLength) };
  const lines = Object.entries({ host: "shop.example", ...length, ...headers }).map(
    ([key, value]) => `${key}: ${value}\r\n`,
  );
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"),
    content,
  ]);
}

const post = (body: string | Buffer, type: string = JSON_TYPE, path = "/v1/orders"): Buffer =>
  http("POST", path, body, { "content-type": type });

/** All kinds of requests. Each call makes a new one. */
export const KINDS: readonly ((random: Random) => Omit<HostileRequest, "kind">)[] = [
  cutJson,
  wrongTypes,
  unknownFields,
  prototypeKeys,
  deepNesting,
  hugeBody,
  hugeChunkedBody,
  wrongContentType,
  encodedBody,
  notUtf8,
  badPercentInPath,
  badPercentInQuery,
  strangeParameters,
  pathTricks,
  longPath,
  headerFlood,
  brokenHeaders,
  brokenHttp,
  wrongVerb,
  wrongLines,
  brokenConnect,
  connectQuery,
  brokenTimeout,
  brokenUpgrade,
];

function cutJson(random: Random): Omit<HostileRequest, "kind"> {
  const text = JSON.stringify(ORDER);
  const at = 1 + Math.floor(random() * (text.length - 2));
  return { bytes: post(text.slice(0, at)), statuses: [400] };
}

/** A random place in an order, as the path of keys that leads there. */
function somewhere(random: Random, value: unknown = ORDER): (string | number)[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Object.keys(value);
  const key = pick(random, keys);
  return [
    key,
    ...(random() < 0.3 ? [] : somewhere(random, (value as Record<string, unknown>)[key])),
  ];
}

function replaced(path: readonly (string | number)[], by: unknown): unknown {
  const copy = structuredClone(ORDER) as Record<string, unknown>;
  let within: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) within = within[key] as Record<string, unknown>;
  within[path.at(-1) as string] = by;
  return copy;
}

function wrongTypes(random: Random): Omit<HostileRequest, "kind"> {
  const wrong = pick(random, [
    true,
    1.5,
    "\u0000x".repeat(3),
    [[]],
    [null],
    { a: 1 },
    1e300,
    -1.25,
  ]);
  const path = somewhere(random);
  // A string in place of a string would be valid.
  const by = typeof wrong === "string" ? [wrong] : wrong;
  return { bytes: post(JSON.stringify(replaced(path, by))), statuses: [400] };
}

function unknownFields(random: Random): Omit<HostileRequest, "kind"> {
  const name = pick(random, ["x", "nam e", "requestID", "card_", "0", "💥", "a".repeat(2_000)]);
  const where = pick(random, [
    { ...ORDER, [name]: 1 },
    { ...ORDER, buyer: { [name]: 1 } },
    { ...ORDER, lines: [{ [name]: {} }] },
  ]);
  return { bytes: post(JSON.stringify(where)), statuses: [400] };
}

function prototypeKeys(random: Random): Omit<HostileRequest, "kind"> {
  const key = pick(random, ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"]);
  const value = pick(random, ['{"polluted":true}', "1", '"x"', "null", "[]"]);
  const bodies = [
    `{"${key}":${value}}`,
    `{"buyer":{"${key}":${value}}}`,
    `{"lines":[{"${key}":${value}}]}`,
  ];
  const paths = [
    `/v1/products?${key}=1`,
    `/v1/products?filter.${key}=1`,
    `/v1/products?${key}.${key}=1`,
    `/v1/products?filter.releasedFrom.${key}=1`,
  ];
  if (random() < 0.5) return { bytes: http("GET", pick(random, paths)), statuses: [400] };
  return { bytes: post(pick(random, bodies)), statuses: [400] };
}

function deepNesting(random: Random): Omit<HostileRequest, "kind"> {
  const depth = 50 + Math.floor(random() * 9_000);
  const bodies = [
    "[".repeat(depth),
    "[".repeat(depth) + "]".repeat(depth),
    `${'{"buyer":'.repeat(Math.min(depth, 6_000))}1${"}".repeat(Math.min(depth, 6_000))}`,
    `{"lines":${"[".repeat(depth)}${"]".repeat(depth)}}`,
  ];
  return { bytes: post(pick(random, bodies)), statuses: [400] };
}

function hugeBody(random: Random): Omit<HostileRequest, "kind"> {
  const announced = pick(random, [MAX_BYTES + 1, 2 ** 31, 2 ** 40]) as number;
  const head = `POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-type: ${JSON_TYPE}\r\ncontent-length: ${announced}\r\n\r\n{`;
  return { bytes: Buffer.from(head), statuses: [413] };
}

function hugeChunkedBody(random: Random): Omit<HostileRequest, "kind"> {
  const type = random() < 0.5 ? JSON_TYPE : "application/x-ndjson";
  const path = type === JSON_TYPE ? "/v1/orders" : "/v1/products:import";
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const chunk = " ".repeat(16_384);
  return { bytes: Buffer.from(head + `4000\r\n${chunk}\r\n`.repeat(5)), statuses: [413] };
}

function wrongContentType(random: Random): Omit<HostileRequest, "kind"> {
  const type = pick(random, [
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "a".repeat(500),
    "application/json+x",
    "",
  ]);
  return { bytes: post(JSON.stringify(ORDER), type), statuses: [415] };
}

function encodedBody(random: Random): Omit<HostileRequest, "kind"> {
  const encoding = pick(random, ["gzip", "br", "deflate", "identity, gzip", "x".repeat(200)]);
  return {
    bytes: http("POST", "/v1/orders", "\x1f\x8b\x08", {
      "content-type": JSON_TYPE,
      "content-encoding": encoding,
    }),
    statuses: [415],
  };
}

function notUtf8(random: Random): Omit<HostileRequest, "kind"> {
  const bad = pick(random, [
    Buffer.from([0xff]),
    Buffer.from([0xc0, 0x80]),
    Buffer.from([0xed, 0xa0, 0x80]),
    Buffer.from([0xf8]),
  ]);
  return {
    bytes: post(Buffer.concat([Buffer.from('{"requestId":"'), bad, Buffer.from('"}')])),
    statuses: [400],
  };
}

const BAD_PERCENT = ["%", "%g", "%zz", "%ff", "%c0%80", "%e0%80", "%u0041", "%%41", "%ed%a0%80"];

function badPercentInPath(random: Random): Omit<HostileRequest, "kind"> {
  const bad = pick(random, BAD_PERCENT);
  const path = pick(random, [
    `/v1/products/${bad}`,
    `/v1/${bad}/x`,
    `/${bad}`,
    `/v1/orders/${bad}:track`,
    `/v1/products/a:${bad}`,
  ]);
  return { bytes: http("GET", path), statuses: [400] };
}

function badPercentInQuery(random: Random): Omit<HostileRequest, "kind"> {
  const bad = pick(random, BAD_PERCENT);
  const query = pick(random, [`pageToken=${bad}`, `${bad}=1`, `filter.genre=a${bad}b`, bad]);
  return { bytes: http("GET", `/v1/products?${query}`), statuses: [400] };
}

function strangeParameters(random: Random): Omit<HostileRequest, "kind"> {
  const query = [
    "pageSize=1e99",
    "pageSize=1.5",
    "pageSize=99999999999",
    "pageSize=NaN",
    "pageSize[]=1",
    "filter[genre]=x",
    "filter=%7B%7D",
    "filter.genre.x=1",
    "filter.mpaaRatings=NO_SUCH_RATING",
    "filter.inStock=1",
    "filter.releasedFrom=1979",
    "pageToken=a&pageToken=b",
    ".=1",
    "=1",
    "filter.=1",
    "$alt=json",
    `${"a.".repeat(2_000)}b=1`,
  ];
  return { bytes: http("GET", `/v1/products?${pick(random, query)}`), statuses: [400] };
}

function pathTricks(random: Random): Omit<HostileRequest, "kind"> {
  const paths = [
    "//v1/products/p-1",
    "/v1//products/p-1",
    "/v1/products/",
    "/v1/products/../products/p-1",
    "/v1/products/./p-1",
    "/v1/products/..%2f..%2fetc%2fpasswd",
    "/v1/products/%2e%2e",
    "/../../../etc/passwd",
    "/v1/products/p-1/",
    "/v1/products/p-1/x",
    "/v1/products/p-1;x=1",
    "/v1/products/p-1%00",
    "/V1/products/p-1",
    "/v1/products/p-1:x",
    "/v1/products:",
    "/v1/products:batchGet:x",
    "/shop.catalog.v1.CatalogService",
    "/shop.catalog.v1.CatalogService/",
    "/shop.catalog.v1.CatalogService/getProduct",
    "/constructor",
    "/__proto__",
    "http://evil.example/v1/products/p-1",
  ];
  return { bytes: http("GET", pick(random, paths)), statuses: [400, 404] };
}

function longPath(random: Random): Omit<HostileRequest, "kind"> {
  const length = 1_000 + Math.floor(random() * 40_000);
  const path =
    random() < 0.5 ? `/${"a/".repeat(length / 2)}` : `/v1/products/${"a".repeat(length)}`;
  return { bytes: http("GET", path), statuses: [400, 404, 431] };
}

function headerFlood(random: Random): Omit<HostileRequest, "kind"> {
  const count = 500 + Math.floor(random() * 3_000);
  const headers =
    random() < 0.5
      ? { "x-long": "a".repeat(20_000) }
      : Object.fromEntries(
          Array.from({ length: count }, (_, n) => [`x-header-number-${n}`, "some value"]),
        );
  return { bytes: http("GET", "/v1/products/none", undefined, headers), statuses: [431, 404] };
}

function brokenHeaders(random: Random): Omit<HostileRequest, "kind"> {
  const lines = [
    "bad header: x\r\n",
    "x\x00y: 1\r\n",
    "content-length: 1\r\ncontent-length: 2\r\n",
    "content-length: -1\r\n",
    "content-length: x\r\n",
    "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    "transfer-encoding: x\r\n",
    ": 1\r\n",
    "x: \x01\r\n",
    " folded: 1\r\n",
  ];
  const line = pick(random, lines);
  return {
    bytes: Buffer.from(`GET /v1/products/none HTTP/1.1\r\nhost: x\r\n${line}\r\n`, "latin1"),
    statuses: [400],
  };
}

function brokenHttp(random: Random): Omit<HostileRequest, "kind"> {
  const texts = [
    "\r\n\r\n\x00\x00\r\n\r\n",
    "GET\r\n\r\n",
    "GET /v1/products/p-1\r\n\r\n",
    "GET /v1/products/p-1 HTTP/9.9\r\n\r\n",
    "GET /v1/products/p 1 HTTP/1.1\r\nhost: x\r\n\r\n",
    "G\x01T / HTTP/1.1\r\nhost: x\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "GET /v1/products/p-1 HTTP/1.1\r\n\r\n",
    "POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  ];
  return { bytes: Buffer.from(pick(random, texts), "latin1"), statuses: [400] };
}

function wrongVerb(random: Random): Omit<HostileRequest, "kind"> {
  const [verb, path] = pick(random, [
    ["DELETE", "/v1/orders"],
    ["PATCH", "/v1/products/p-1"],
    ["POST", "/v1/products/p-1"],
    ["TRACE", "/v1/orders"],
    ["OPTIONS", "/v1/orders"],
    ["PROPFIND", "/v1/orders"],
    ["GET", "/shop.orders.v1.OrdersService/PlaceOrder"],
    ["PUT", "/openapi.json"],
  ]) as [string, string];
  return { bytes: http(verb, path), statuses: [405] };
}

function wrongLines(random: Random): Omit<HostileRequest, "kind"> {
  const lines = [
    "{",
    '{"row":1}\n{"row":"x"}',
    '{"rwo":1}',
    "null",
    "[]",
    '{"row":1}{"row":2}',
    '{"row":1.5}',
    "\u0000",
    `{"row":${"1".repeat(400)}}`,
  ];
  return {
    bytes: post(`${pick(random, lines)}\n`, "application/x-ndjson", "/v1/products:import"),
    statuses: [400],
  };
}

function brokenConnect(random: Random): Omit<HostileRequest, "kind"> {
  const path = "/shop.catalog.v1.CatalogService/GetProduct";
  const [type, body] = pick(random, [
    [JSON_TYPE, "{"],
    [JSON_TYPE, "[]"],
    [JSON_TYPE, '{"id":1}'],
    ["application/proto", "\x0a\x05ab"],
    ["application/proto", "\x0f"],
    ["text/plain", "{}"],
    ["application/connect+json", "{}"],
  ]) as [string, string];
  return { bytes: post(Buffer.from(body, "latin1"), type, path), statuses: [400, 415] };
}

function connectQuery(random: Random): Omit<HostileRequest, "kind"> {
  const path = "/shop.catalog.v1.CatalogService/GetProduct";
  const query = [
    "",
    "?encoding=json",
    "?encoding=xml&message=x",
    "?message=%7B%7D",
    "?encoding=json&message=%7B",
    "?encoding=json&message=%",
    "?encoding=proto&base64=1&message=Dw",
  ];
  return { bytes: http("GET", path + pick(random, query)), statuses: [400] };
}

function brokenTimeout(random: Random): Omit<HostileRequest, "kind"> {
  const [name, value] = pick(random, [
    ["grpc-timeout", "1"],
    ["grpc-timeout", "123456789S"],
    ["grpc-timeout", "-1S"],
    ["connect-timeout-ms", "1.5"],
    ["connect-timeout-ms", "99999999999"],
    ["authorization", "\xe9"],
  ]) as [string, string];
  return { bytes: http("GET", "/v1/products/p-1", undefined, { [name]: value }), statuses: [400] };
}

function brokenUpgrade(random: Random): Omit<HostileRequest, "kind"> {
  const upgrade = { connection: "upgrade", upgrade: "websocket" };
  const requests = [
    http("GET", "/v1/baskets:quote", undefined, upgrade),
    http("GET", "/v1/products/p-1", undefined, upgrade),
    http("GET", "/v1/baskets:%zz", undefined, upgrade),
    http("GET", "/v1/baskets:quote?x=1", undefined, upgrade),
    http("GET", "/v1/baskets:quote", undefined, { ...upgrade, origin: "https://evil.example" }),
    http("GET", "/v1/baskets:quote", undefined, {
      ...upgrade,
      "sec-websocket-key": "x",
      "sec-websocket-version": "99",
    }),
  ];
  return { bytes: pick(random, requests), statuses: [400, 403, 404, 405, 426] };
}
