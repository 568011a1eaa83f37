import { describeRules, NAMED, type RuleExample, service } from "./rule-examples.test-support.js";

/** The examples in the comments of google/api/http.proto. */
const HTTP_RULE: Record<string, RuleExample> = {
  "a name in a path": {
    contract: service('get: "/v1/{name=messages/*}"', "Named", NAMED),
    requests: [["GET /v1/messages/123456", undefined, { name: "messages/123456" }]],
  },
  "an id in the path, everything else in the query": {
    contract: service(
      'get: "/v1/messages/{message_id}"',
      "Get",
      "message Get { message Sub { string subfield = 1; } string message_id = 1; int64 revision = 2; Sub sub = 3; }",
    ),
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
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
    requests: [
      ["GET /v1/files/a/b:read", undefined, { name: "files/a/b" }],
      ["GET /v1/files:read", undefined, { name: "files" }],
      ["GET /v1/files/a:b:read", undefined, { name: "files/a:b" }],
    ],
  },
  "text that has to be encoded": {
    contract: service('get: "/v1/a%20b/{name}"', "Named", NAMED),
    requests: [["GET /v1/a%20b/c", undefined, { name: "c" }]],
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
    requests: [
      ...[
        "PUT /v1",
        "POST /v1",
        "DELETE /v1",
        "HEAD /v1",
        "GET /v2",
        "PATCH /v2",
        "OPTIONS /v2",
        "REPORT /v3",
      ].map((start): RuleExample["requests"][number] => [`${start}/a`, undefined, { name: "a" }]),
    ],
  },
  "a list in the body": {
    contract: service(
      'post: "/v1/{parent}/items" body: "items"',
      "Add",
      "message Add { string parent = 1; repeated Item items = 2; bool dry_run = 3; } message Item { int32 n = 1; }",
    ),
    requests: [
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
    requests: [["PUT /v1/a", "Hi!", { name: "a", text: "Hi!" }]],
  },
};

describeRules(HTTP_RULE);
