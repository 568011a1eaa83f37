import { describe, expect, test } from "vitest";
import { CONTRACT, compileContract, generateFrom } from "./contract.test-support.js";
import { tightwirePlugin } from "./plugin.js";

/** A contract with one service; what stands on line 13 is what a test is about. */
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

describe("routes that cannot hold are refused with file, line and method", () => {
  test.each([
    [
      "a template that cannot be read",
      'get: "/v1/{id"',
      'the path "/v1/{id" cannot be read: a "{" is not closed',
    ],
    [
      "a field that does not exist",
      'get: "/v1/{di}"',
      'the path /v1/{di} captures {di}, but try.v1.Thing has no field "di"',
    ],
    [
      "one below a field",
      'get: "/v1/{inside.di}"',
      'the path /v1/{inside.di} captures {inside.di}, but try.v1.Thing has no field "di"',
    ],
    [
      "one below a text",
      'get: "/v1/{id.x}"',
      "the path /v1/{id.x} captures {id.x}, but id holds no fields",
    ],
    [
      "a repeated field",
      'get: "/v1/{tags}"',
      "the path /v1/{tags} captures {tags}, which is a repeated field and not a single value",
    ],
    [
      "a map",
      'get: "/v1/{labels}"',
      "the path /v1/{labels} captures {labels}, which is a map and not a single value",
    ],
    [
      "a message",
      'get: "/v1/{inside}"',
      "the path /v1/{inside} captures {inside}, which is a message and not a single value",
    ],
    [
      "a body that does not exist",
      'post: "/v1/x" body: "thing"',
      '`body` is "thing", but try.v1.Thing has no field "thing"',
    ],
    [
      "a body where there is none",
      'get: "/v1/x" body: "*"',
      'a GET has no body, so `body` cannot be "*"',
    ],
    [
      "an answer that does not exist",
      'get: "/v1/x" response_body: "thing"',
      '`response_body` is "thing", but try.v1.Thing has no field "thing"',
    ],
    ["no verb", 'custom: {path: "/v1/x"}', '"" is no HTTP method'],
    ["nothing", 'body: "*"', "its `google.api.http` names no HTTP method and path"],
    [
      "a collision",
      'get: "/v1/taken/{inside.id}"',
      "GET /v1/taken/{inside.id} takes the same requests as GET /v1/taken/{id} of try.v1.TryService.Other",
    ],
    [
      "bindings in bindings",
      'get: "/v1/x" additional_bindings {get: "/v1/y" additional_bindings {get: "/v1/z"}}',
      "a binding in `additional_bindings` has `additional_bindings` of its own, which is one level too deep",
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
    expect(run('post: "/v1/x"')).toContain('its requests are a stream, which needs `body: "*"`');
    expect(run('post: "/v1/x" body: "inside"')).toContain(
      'its requests are a stream, so `body` must be "*" and not "inside"',
    );
    expect(run('post: "/v1/x" body: "*"')).toBe("");
    expect(run('get: "/v1/x"')).toBe("");
  });
});

test("routes that look alike and take different requests are none the worse for it", () => {
  expect(
    generateFrom(
      contract('post: "/v1/taken/{id}" body: "*" additional_bindings {get: "/v1/taken/{id}:look"}'),
    ).size,
  ).toBe(1);
});
