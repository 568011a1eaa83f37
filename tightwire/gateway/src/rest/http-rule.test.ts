import { type DescMessage, fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileImage, contractText } from "../contract.test-support.js";
import { type StubbedGateway, type StubResponse, serveStub } from "../stub.test-support.js";

/** A service, and requests to it: method and path, body, the expected message. */
interface Example {
  readonly contract: string;
  readonly asked: readonly [request: string, body: JsonValue | undefined, meant: JsonValue][];
}

/** A service `Try` with a method `Call` that has this rule. */
const service = (rule: string, request: string, messages: string): string =>
  `service Try { rpc Call(${request}) returns (google.protobuf.Empty) { option (google.api.http) = { ${rule} }; } } ${messages}`;

const BOOK = "message Book { string name = 1; string title = 2; }";
const CREATE = `message CreateBookRequest { string parent = 1; Book book = 2; string book_id = 3; } ${BOOK}`;
const NAMED = "message Named { string name = 1; }";

/** The examples in the comments of google/api/http.proto. */
const HTTP_RULE: Record<string, Example> = {
  "a name in a path": {
    contract: service('get: "/v1/{name=messages/*}"', "Named", NAMED),
    asked: [["GET /v1/messages/123456", undefined, { name: "messages/123456" }]],
  },
  "an id in the path, everything else in the query": {
    contract: service(
      'get: "/v1/messages/{message_id}"',
      "Get",
      "message Get { message Sub { string subfield = 1; } string message_id = 1; int64 revision = 2; Sub sub = 3; }",
    ),
    asked: [
      [
        "GET /v1/messages/123456?revision=2&sub.subfield=foo",
        undefined,
        { messageId: "123456", revision: "2", sub: { subfield: "foo" } },
      ],
      ["GET /v1/messages/123456", undefined, { messageId: "123456" }],
    ],
  },
  "repeated parameters, and parameters of a message": {
    contract: service(
      'get: "/v1/messages"',
      "Get",
      "message Get { message Foo { string a = 1; string b = 2; string c = 3; } repeated string param = 1; Foo foo = 2; }",
    ),
    asked: [
      ["GET /v1/messages?param=A&param=B", undefined, { param: ["A", "B"] }],
      ["GET /v1/messages?foo.a=A&foo.b=B&foo.c=C", undefined, { foo: { a: "A", b: "B", c: "C" } }],
    ],
  },
  "a field in the body": {
    contract: service(
      'patch: "/v1/messages/{message_id}" body: "message"',
      "Update",
      "message Update { string message_id = 1; Message message = 2; } message Message { string text = 1; }",
    ),
    asked: [
      [
        "PATCH /v1/messages/123456",
        { text: "Hi!" },
        { messageId: "123456", message: { text: "Hi!" } },
      ],
      ["PATCH /v1/messages/123456", undefined, { messageId: "123456" }],
    ],
  },
  "everything in the body except what the path has": {
    contract: service(
      'patch: "/v1/messages/{message_id}" body: "*"',
      "Message",
      "message Message { string message_id = 1; string text = 2; }",
    ),
    asked: [
      ["PATCH /v1/messages/123456", { text: "Hi!" }, { messageId: "123456", text: "Hi!" }],
      [
        "PATCH /v1/messages/123456",
        { text: "Hi!", message_id: "7" },
        { messageId: "123456", text: "Hi!" },
      ],
    ],
  },
  "more than one binding": {
    contract: service(
      'get: "/v1/messages/{message_id}" additional_bindings { get: "/v1/users/{user_id}/messages/{message_id}" }',
      "Get",
      "message Get { string message_id = 1; string user_id = 2; }",
    ),
    asked: [
      ["GET /v1/messages/123456", undefined, { messageId: "123456" }],
      ["GET /v1/users/me/messages/123456", undefined, { userId: "me", messageId: "123456" }],
      ["GET /v1/messages/123456?user_id=me", undefined, { userId: "me", messageId: "123456" }],
    ],
  },
  "a field of a message in the path": {
    contract: service(
      'get: "/v1/messages/{message_id}/{sub.subfield}"',
      "Get",
      "message Get { message Sub { string subfield = 1; string more = 2; } string message_id = 1; Sub sub = 2; }",
    ),
    asked: [
      ["GET /v1/messages/123456/foo", undefined, { messageId: "123456", sub: { subfield: "foo" } }],
      [
        "GET /v1/messages/123456/foo?sub.more=bar",
        undefined,
        { messageId: "123456", sub: { subfield: "foo", more: "bar" } },
      ],
    ],
  },
  "one segment, decoded completely": {
    contract: service(
      'get: "/v1/{name}" additional_bindings { get: "/v2/{name=*}" }',
      "Named",
      NAMED,
    ),
    asked: [
      ["GET /v1/a%2Fb%20c%3Fd%23", undefined, { name: "a/b c?d#" }],
      ["GET /v2/a%2Fb%20c%3Fd%23", undefined, { name: "a/b c?d#" }],
      ["GET /v1/%7Btilde~.-_%7D", undefined, { name: "{tilde~.-_}" }],
    ],
  },
  "several segments, with an encoded slash unchanged": {
    contract: service(
      'get: "/v1/{name=foo/*}" additional_bindings { get: "/v2/{name=**}" }',
      "Named",
      NAMED,
    ),
    asked: [
      ["GET /v1/foo/a%2Fb%2fc%20d", undefined, { name: "foo/a%2Fb%2fc d" }],
      ["GET /v2/a/b%2Fc/d%3Fe", undefined, { name: "a/b%2Fc/d?e" }],
      ["GET /v2", undefined, {}],
    ],
  },
  "variables before and after **": {
    contract: service(
      'get: "/v1/{parent=as/*/**}/{id}" additional_bindings { get: "/v2/{parent=as/*}/{name=**}" } additional_bindings { get: "/v3/{name=**}/{parent=as/*}/{id}" }',
      "Get",
      "message Get { string parent = 1; string name = 2; string id = 3; }",
    ),
    asked: [
      ["GET /v1/as/1/2", undefined, { parent: "as/1", id: "2" }],
      ["GET /v1/as/1/2/3%2F4/5%2F6", undefined, { parent: "as/1/2/3%2F4", id: "5/6" }],
      ["GET /v2/as/1", undefined, { parent: "as/1" }],
      ["GET /v2/as/1/2/3", undefined, { parent: "as/1", name: "2/3" }],
      ["GET /v3/as/1/2", undefined, { parent: "as/1", id: "2" }],
      ["GET /v3/0/0/as/1/2", undefined, { name: "0/0", parent: "as/1", id: "2" }],
    ],
  },
  "** before a verb": {
    contract: service('get: "/v1/{name=files/**}:read"', "Named", NAMED),
    asked: [
      ["GET /v1/files/a/b:read", undefined, { name: "files/a/b" }],
      ["GET /v1/files:read", undefined, { name: "files" }],
      ["GET /v1/files/a:b:read", undefined, { name: "files/a:b" }],
    ],
  },
  "text that has to be encoded": {
    contract: service('get: "/v1/a%20b/{name}"', "Named", NAMED),
    asked: [["GET /v1/a%20b/c", undefined, { name: "c" }]],
  },
  "each HTTP method": {
    contract: service(
      [
        'put: "/v1/{name}"',
        ...[
          'post: "/v1/{name}"',
          'delete: "/v1/{name}"',
          'custom { kind: "HEAD" path: "/v1/{name}" }',
        ].map((one) => `additional_bindings { ${one} }`),
        'additional_bindings { custom { kind: "*" path: "/v2/{name}" } }',
        'additional_bindings { custom { kind: "REPORT" path: "/v3/{name}" } }',
      ].join(" "),
      "Named",
      NAMED,
    ),
    asked: [
      ...[
        "PUT /v1",
        "POST /v1",
        "DELETE /v1",
        "HEAD /v1",
        "GET /v2",
        "PATCH /v2",
        "OPTIONS /v2",
        "REPORT /v3",
      ].map((start): Example["asked"][number] => [`${start}/a`, undefined, { name: "a" }]),
    ],
  },
  "a list in the body": {
    contract: service(
      'post: "/v1/{parent}/items" body: "items"',
      "Add",
      "message Add { string parent = 1; repeated Item items = 2; bool dry_run = 3; } message Item { int32 n = 1; }",
    ),
    asked: [
      [
        "POST /v1/p/items?dry_run=true",
        [{ n: 1 }, { n: 2 }],
        { parent: "p", items: [{ n: 1 }, { n: 2 }], dryRun: true },
      ],
    ],
  },
  "a single value in the body": {
    contract: service(
      'put: "/v1/{name}" body: "text"',
      "Put",
      "message Put { string name = 1; string text = 2; }",
    ),
    asked: [["PUT /v1/a", "Hi!", { name: "a", text: "Hi!" }]],
  },
};

/** The examples of AIP-127 and of the AIPs it refers to: AIP-131 to AIP-136, and AIP-231. */
const AIP: Record<string, Example> = {
  "AIP-127: create, with an unnamed *": {
    contract: service(
      'post: "/v1/{parent=publishers/*}/books/*" body: "book"',
      "CreateBookRequest",
      CREATE,
    ),
    asked: [
      [
        "POST /v1/publishers/1/books/x?book_id=foo",
        { title: "Les Misérables" },
        { parent: "publishers/1", book: { title: "Les Misérables" }, bookId: "foo" },
      ],
    ],
  },
  "AIP-127: more than one URI": {
    contract: service(
      `post: "/v1/{parent=publishers/*}/books" body: "book"
       additional_bindings: { post: "/v1/{parent=authors/*}/books" body: "book" }
       additional_bindings: { post: "/v1/books" body: "book" }`,
      "CreateBookRequest",
      CREATE,
    ),
    asked: [
      [
        "POST /v1/publishers/1/books",
        { title: "t" },
        { parent: "publishers/1", book: { title: "t" } },
      ],
      ["POST /v1/authors/2/books", { title: "t" }, { parent: "authors/2", book: { title: "t" } }],
      ["POST /v1/books?bookId=foo", { title: "t" }, { book: { title: "t" }, bookId: "foo" }],
      [
        "POST /v1/books?parent=authors%2F2",
        { title: "t" },
        { parent: "authors/2", book: { title: "t" } },
      ],
    ],
  },
  "AIP-131: get": {
    contract: service('get: "/v1/{name=publishers/*/books/*}"', "Named", NAMED),
    asked: [
      ["GET /v1/publishers/1/books/les-mis", undefined, { name: "publishers/1/books/les-mis" }],
    ],
  },
  "AIP-132: list": {
    contract: service(
      'get: "/v1/{parent=publishers/*}/books"',
      "List",
      "message List { string parent = 1; int32 page_size = 2; string page_token = 3; string order_by = 4; }",
    ),
    asked: [
      [
        "GET /v1/publishers/1/books?pageSize=10&page_token=a%2Bb%3D&orderBy=title+desc",
        undefined,
        { parent: "publishers/1", pageSize: 10, pageToken: "a+b=", orderBy: "title desc" },
      ],
      ["GET /v1/publishers/-/books", undefined, { parent: "publishers/-" }],
    ],
  },
  "AIP-134: update": {
    contract: service(
      'patch: "/v1/{book.name=publishers/*/books/*}" body: "book"',
      "Update",
      `message Update { Book book = 1; google.protobuf.FieldMask update_mask = 2; bool allow_missing = 3; } ${BOOK}`,
    ),
    asked: [
      [
        "PATCH /v1/publishers/1/books/2?updateMask=title,name&allow_missing=true",
        { title: "t" },
        {
          book: { name: "publishers/1/books/2", title: "t" },
          updateMask: "title,name",
          allowMissing: true,
        },
      ],
      [
        "PATCH /v1/publishers/1/books/2",
        { name: "other", title: "t" },
        { book: { name: "publishers/1/books/2", title: "t" } },
      ],
      ["PATCH /v1/publishers/1/books/2", undefined, { book: { name: "publishers/1/books/2" } }],
    ],
  },
  "AIP-135: delete": {
    contract: service(
      'delete: "/v1/{name=publishers/*}"',
      "Delete",
      "message Delete { string name = 1; bool force = 2; string etag = 3; }",
    ),
    asked: [
      [
        "DELETE /v1/publishers/1?force=true&etag=%22x%22",
        undefined,
        { name: "publishers/1", force: true, etag: '"x"' },
      ],
    ],
  },
  "AIP-136: a custom method of a resource": {
    contract: service(
      'post: "/v1/{name=publishers/*/books/*}:archive" body: "*"',
      "Archive",
      "message Archive { string name = 1; bool force = 2; }",
    ),
    asked: [
      ["POST /v1/publishers/1/books/2:archive", {}, { name: "publishers/1/books/2" }],
      ["POST /v1/publishers/1/books/2:archive", undefined, { name: "publishers/1/books/2" }],
      [
        "POST /v1/publishers/1/books/2:archive",
        { force: true },
        { name: "publishers/1/books/2", force: true },
      ],
    ],
  },
  "AIP-136: a custom method of a collection, and one without a resource": {
    contract: service(
      'post: "/v1/{parent=publishers/*}/books:sort" body: "*" additional_bindings { get: "/v1:search" }',
      "Sort",
      "message Sort { string parent = 1; string by = 2; }",
    ),
    asked: [
      [
        "POST /v1/publishers/1/books:sort",
        { by: "title" },
        { parent: "publishers/1", by: "title" },
      ],
      ["GET /v1:search?by=title", undefined, { by: "title" }],
    ],
  },
  "AIP-231: a batch": {
    contract: service(
      'get: "/v1/{parent=publishers/*}/books:batchGet"',
      "BatchGet",
      "message BatchGet { string parent = 1; repeated string names = 2; }",
    ),
    asked: [
      [
        "GET /v1/publishers/1/books:batchGet?names=publishers/1/books/2&names=publishers%2F1%2Fbooks%2F3",
        undefined,
        { parent: "publishers/1", names: ["publishers/1/books/2", "publishers/1/books/3"] },
      ],
    ],
  },
};

const EXAMPLES = Object.entries({ ...HTTP_RULE, ...AIP }).map(([name, example], index) => ({
  name,
  ...example,
  package: `try${index}.v1`,
}));
let image: Uint8Array;
let stub: StubbedGateway;

beforeAll(() => {
  const files = EXAMPLES.map((one) => [
    `${one.package}.proto`,
    contractText(one.package, one.contract),
  ]);
  image = compileImage({ files: Object.fromEntries(files) });
});

describe.each(EXAMPLES)("$name", (example) => {
  beforeAll(async () => {
    stub = await serveStub(image, { services: [`${example.package}.Try`] });
  });
  afterAll(() => stub.close());

  test.each(example.asked)("%s %j", async (request, body, meant) => {
    const response = await ask(request, body);
    expect(response).toMatchObject({ status: 200, text: request.startsWith("HEAD") ? "" : "{}" });
    expect(lastRequest(example.package)).toEqual(meant);
  });
});

function ask(request: string, body: JsonValue | undefined): Promise<StubResponse> {
  const [method, path] = request.split(" ") as [string, string];
  return stub.ask(method, path, body === undefined ? undefined : JSON.stringify(body));
}

function lastRequest(packageName: string): JsonValue {
  const input = stub.contract.registry.getService(`${packageName}.Try`)?.methods[0]
    ?.input as DescMessage;
  return toJson(input, fromBinary(input, stub.calls.at(-1)?.request as Uint8Array));
}
