import type { CodeGeneratorRequest } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { CONTRACT, compileContract, contractFile, generateFrom } from "./contract.test-support.js";
import { tightwirePlugin } from "./plugin.js";

/** A contract with one service; each test plants its subject on line 7. */
function contract(body: string): string {
  return `syntax = "proto3";
package try.v1;
import "tightwire/policy/v1/policy.proto";
message Request {}
message Response {}
service TryService {
${body}
}
`;
}

const unary = (policy: string): string =>
  contract(
    `  rpc Get(Request) returns (Response) { option (tightwire.policy.v1.method) = {${policy}}; }`,
  );
const stream = (policy: string): string =>
  contract(
    `  rpc Watch(Request) returns (stream Response) { option (tightwire.policy.v1.method) = {${policy}}; }`,
  );

function refusal(source: string): string {
  return tightwirePlugin.run(compileContract(source)).error;
}

describe("a policy that contradicts itself is refused with file, line, column and method", () => {
  test.each([
    ["zero", "timeout: {}", "`timeout` must be greater than zero"],
    ["negative", "timeout: {seconds: -1}", "`timeout` must be greater than zero (is negative)"],
    [
      "negative by nanos",
      "timeout: {nanos: -1}",
      "`timeout` must be greater than zero (is negative)",
    ],
    [
      "of mixed signs",
      "timeout: {seconds: 1 nanos: -1}",
      "`timeout` must be greater than zero (is negative)",
    ],
    [
      "too many nanos",
      "timeout: {nanos: 1000000000}",
      "`timeout` must have fewer than 1,000,000,000 nanos",
    ],
    [
      "past 10,000 years",
      "timeout: {seconds: 315576000000 nanos: 1}",
      "`timeout` must not be longer than 10,000 years",
    ],
    [
      "idle on a unary method",
      "idle_timeout: {seconds: 1}",
      "`idle_timeout` is for streaming methods, and this method is unary; use `timeout`",
    ],
  ])("%s", (_what, policy, text) => {
    const error = refusal(unary(policy));
    expect(error).toMatch(new RegExp(`^${CONTRACT}:7:\\d+: try\\.v1\\.TryService\\.Get: `));
    expect(error.endsWith(`TryService.Get: ${text}`)).toBe(true);
    expect(Number(error.split(":")[2])).toBeGreaterThan(40);
  });

  test("an idle timeout as long as the whole stream", () => {
    expect(refusal(stream("timeout: {seconds: 1} idle_timeout: {seconds: 1}"))).toMatch(
      /^try\/v1\/try\.proto:7:\d+: try\.v1\.TryService\.Watch: `idle_timeout` \(1000 ms\) must be less than `timeout` \(1000 ms\)/,
    );
  });

  test("a service's fault is reported once, at the service", () => {
    const source = contract(`  option (tightwire.policy.v1.service) = {idle_timeout: {seconds: -1}};
  rpc Get(Request) returns (Response);
  rpc Put(Request) returns (Response);`);
    expect(refusal(source)).toMatch(
      /^try\/v1\/try\.proto:7:\d+: try\.v1\.TryService: `idle_timeout` must be greater than zero \(is negative\)$/,
    );
  });

  test("a fault points to the field, not to the option around it", () => {
    expect(refusal(stream("\n  timeout: {seconds: 1}\n  idle_timeout: {seconds: -1}\n"))).toMatch(
      /^try\/v1\/try\.proto:9:\d+: /,
    );
  });

  test("all faults are reported at once, one line each", () => {
    const source =
      contract(`  rpc Get(Request) returns (Response) { option (tightwire.policy.v1.method) = {timeout: {}}; }
  rpc Put(Request) returns (Response) { option (tightwire.policy.v1.method) = {timeout: {}}; }`);
    expect(
      refusal(source)
        .split("\n")
        .map((line) => line.replace(/:\d+: /, ":*: ")),
    ).toEqual([
      "try/v1/try.proto:7:*: try.v1.TryService.Get: `timeout` must be greater than zero",
      "try/v1/try.proto:8:*: try.v1.TryService.Put: `timeout` must be greater than zero",
    ]);
  });
});

describe("a policy that cannot be read is refused", () => {
  const tampered = (data: number[]): CodeGeneratorRequest => {
    const request = compileContract(unary("timeout: {seconds: 1}"));
    const options = contractFile(request).service[0]?.method[0]?.options;
    if (options?.$unknown === undefined) throw new Error("the method carries no option");
    options.$unknown = [{ no: 50121, wireType: 2, data: Uint8Array.from([data.length, ...data]) }];
    return request;
  };

  test("bytes that cannot be decoded", () => {
    const { error } = tightwirePlugin.run(tampered([0x0a, 0x05]));
    expect(error).toMatch(
      /^try\/v1\/try\.proto:7:\d+: try\.v1\.TryService\.Get: \(tightwire\.policy\.v1\.method\) cannot be decoded: /,
    );
  });

  test("a field that the imported policy.proto does not have", () => {
    const { error } = tightwirePlugin.run(tampered([0x78, 0x01]));
    expect(error).toMatch(
      /TryService\.Get: \(tightwire\.policy\.v1\.method\) has a field that its message does not define$/,
    );
  });

  test("a policy that only a newer version knows", () => {
    const request = compileContract(unary("timeout: {seconds: 1}"));
    const policy = request.protoFile.find(
      (file) => file.name === "tightwire/policy/v1/policy.proto",
    );
    const field = policy?.messageType.find((message) => message.name === "MethodPolicy")?.field[0];
    if (field === undefined) throw new Error("policy.proto is not in the request");
    field.name = "patience";
    expect(tightwirePlugin.run(request).error).toMatch(
      /TryService\.Get: `patience` is a policy that this version of Tightwire does not know/,
    );
  });
});

describe("equal names in TypeScript are refused", () => {
  test("two methods", () => {
    const source = contract(
      "  rpc GetIt(Request) returns (Response);\n  rpc getIt(Request) returns (Response);",
    );
    expect(refusal(source)).toBe(
      "try/v1/try.proto:8:3: try.v1.TryService.getIt: has the same name in TypeScript as GetIt: `getIt`",
    );
  });

  test("two services", () => {
    const source = `${contract("  rpc Get(Request) returns (Response);")}service Try {\n  rpc Get(Request) returns (Response);\n}\n`;
    expect(refusal(source)).toContain(
      "try/v1/try.proto:9:1: try.v1.Try: has the same name in TypeScript as another service of this file: `TryHandlers`",
    );
  });
});

test.each([
  ["Map", "MapMessage"],
  ["Date", "DateMessage"],
])("a message %s beside a message %s is refused", (name, taken) => {
  const source = `${contract("  rpc Get(Request) returns (Response);")}message ${name} {}\nenum ${taken} { ZERO = 0; }\n`;
  expect(refusal(source)).toBe(
    `try/v1/try.proto: try.v1.${name}: is \`${taken}\` in TypeScript, which is the name of another type of this file; rename one of them`,
  );
});

test("a service with a name that generated code needs is refused", () => {
  const source = `${contract("  rpc Get(Request) returns (Response);")}service URL {\n  rpc Get(Request) returns (Response);\n}\n`;
  expect(refusal(source)).toBe(
    "try/v1/try.proto:9:1: try.v1.URL: generated code needs the name `URL` for something else; rename the service",
  );
});

describe("a policy is resolved", () => {
  const service = (method: string): string =>
    contract(
      `  option (tightwire.policy.v1.service) = {timeout: {seconds: 5} idle_timeout: {seconds: 60}};\n  ${method}`,
    );
  const option = (policy: string): string =>
    `{ option (tightwire.policy.v1.method) = {${policy}}; }`;

  test.each([
    [
      "a unary method inherits only its service's timeout",
      service("rpc Get(Request) returns (Response);"),
      "{ timeoutMs: 5000 }",
    ],
    [
      "a unary method's own timeout wins",
      service(`rpc Get(Request) returns (Response) ${option("timeout: {nanos: 1500000}")}`),
      "{ timeoutMs: 1.5 }",
    ],
    [
      "a stream inherits only its service's idle timeout",
      service("rpc Get(Request) returns (stream Response);"),
      "{ idleTimeoutMs: 60000 }",
    ],
    [
      "a stream may declare its own timeout",
      service(`rpc Get(stream Request) returns (Response) ${option("timeout: {seconds: 1}")}`),
      "{ timeoutMs: 1000, idleTimeoutMs: 60000 }",
    ],
    [
      "10,000 years are allowed",
      unary("timeout: {seconds: 315576000000}"),
      "{ timeoutMs: 315576000000000 }",
    ],
    [
      "without options the policy is empty",
      contract("  rpc Get(Request) returns (Response);"),
      "{}",
    ],
  ])("%s", (_what, source, policy) => {
    expect(generateFrom(source).get("try/v1/try.service.ts")).toContain(
      `      policy: ${policy},\n`,
    );
  });
});
