import { describe, expect, test } from "vitest";
import { CONTRACT, compileContract, generateFrom } from "./contract.test-support.js";
import { tightwirePlugin } from "./plugin.js";

/** A contract with one service; each test plants its subject on line 13. */
function contract(rule: string, method = "rpc Get(Thing) returns (Thing)"): string {
  return `syntax = "proto3";
package try.v1;
import "google/api/annotations.proto";
message Thing {
  string id = 1;
  repeated string tags = 2;
  map<string, string> labels = 3;
  Thing inside = 4;
}
service TryService {
  rpc Other(Thing) returns (Thing) { option (google.api.http) = {get: "/v1/taken/{id}"}; }
  ${method} {
    option (google.api.http) = {${rule}};
  }
}
`;
}

describe("invalid routes are refused with file, line and method", () => {
  test.each([
    [
      "an invalid template",
      'get: "/v1/{id"',
      'invalid path template "/v1/{id": a "{" is not closed',
    ],
    [
      "a field that does not exist",
      'get: "/v1/{di}"',
      'the path /v1/{di} captures {di}, but try.v1.Thing has no field "di"',
    ],
    [
      "a nested field that does not exist",
      'get: "/v1/{inside.di}"',
      'the path /v1/{inside.di} captures {inside.di}, but try.v1.Thing has no field "di"',
    ],
    [
      "a field below a string",
      'get: "/v1/{id.x}"',
      "the path /v1/{id.x} captures {id.x}, but id has no fields",
    ],
    [
      "a repeated field",
      'get: "/v1/{tags}"',
      "the path /v1/{tags} captures {tags}, which is a repeated field; a path can capture only single values",
    ],
    [
      "a map",
      'get: "/v1/{labels}"',
      "the path /v1/{labels} captures {labels}, which is a map; a path can capture only single values",
    ],
    [
      "a message",
      'get: "/v1/{inside}"',
      "the path /v1/{inside} captures {inside}, which is a message; a path can capture only single values",
    ],
    [
      "a body that does not exist",
      'post: "/v1/x" body: "thing"',
      '`body` is "thing", but try.v1.Thing has no field "thing"',
    ],
    [
      "a body on an HTTP method that has none",
      'get: "/v1/x" body: "*"',
      'GET has no body, so `body` must be absent (got "*")',
    ],
    [
      "a response body that does not exist",
      'get: "/v1/x" response_body: "thing"',
      '`response_body` is "thing", but try.v1.Thing has no field "thing"',
    ],
    ["no verb", 'custom: {path: "/v1/x"}', '"" is not a valid HTTP method'],
    ["neither verb nor path", 'body: "*"', "its `google.api.http` has no HTTP method and path"],
    [
      "a collision",
      'get: "/v1/taken/{inside.id}"',
      "GET /v1/taken/{inside.id} matches the same requests as GET /v1/taken/{id} of try.v1.TryService.Other",
    ],
    [
      "bindings in bindings",
      'get: "/v1/x" additional_bindings {get: "/v1/y" additional_bindings {get: "/v1/z"}}',
      "a binding in `additional_bindings` must not have `additional_bindings` itself",
    ],
  ])("%s", (_what, rule, text) => {
    const { error } = tightwirePlugin.run(compileContract(contract(rule)));
    expect(error).toMatch(new RegExp(`^${CONTRACT}:13:\\d+: try\\.v1\\.TryService\\.Get: `));
    expect(error.endsWith(`TryService.Get: ${text}`)).toBe(true);
  });

  test("a stream of requests without a body for it", () => {
    const run = (rule: string): string =>
      tightwirePlugin.run(compileContract(contract(rule, "rpc Send(stream Thing) returns (Thing)")))
        .error;
    expect(run('post: "/v1/x"')).toContain('its requests are a stream: it needs `body: "*"`');
    expect(run('post: "/v1/x" body: "inside"')).toContain(
      'its requests are a stream, so `body` must be "*" (got "inside")',
    );
    expect(run('post: "/v1/x" body: "*"')).toBe("");
    expect(run('get: "/v1/x"')).toBe("");
  });
});

test("similar routes that match different requests are accepted", () => {
  expect(
    generateFrom(
      contract('post: "/v1/taken/{id}" body: "*" additional_bindings {get: "/v1/taken/{id}:look"}'),
      "schemas=false",
    ).size,
  ).toBe(1);
});
