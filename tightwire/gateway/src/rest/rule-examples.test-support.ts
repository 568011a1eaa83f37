import { type DescMessage, fromBinary, type JsonValue, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileImage, contractText } from "../contract.test-support.js";
import { type StubbedGateway, type StubResponse, serveStub } from "../stub.test-support.js";

/** A service, and requests to it: method and path, body, the expected message. */
export interface RuleExample {
  readonly contract: string;
  readonly requests: readonly [request: string, body: JsonValue | undefined, meant: JsonValue][];
}

/** A service `Try` with a method `Call` that has this rule. */
export const service = (rule: string, request: string, messages: string): string =>
  `service Try { rpc Call(${request}) returns (google.protobuf.Empty) { option (google.api.http) = { ${rule} }; } } ${messages}`;

/** A message with a name. */
export const NAMED = "message Named { string name = 1; }";

/**
 * Tests that the requests of examples, by the name of the example, arrive as the expected messages.
 */
export function describeRules(examples: Readonly<Record<string, RuleExample>>): void {
  const named = Object.entries(examples).map(([name, example], index) => ({
    name,
    ...example,
    package: `try${index}.v1`,
  }));
  let image: Uint8Array;

  beforeAll(() => {
    const files = named.map((one) => [
      `${one.package}.proto`,
      contractText(one.package, one.contract),
    ]);
    image = compileImage({ files: Object.fromEntries(files) });
  });

  describe.each(named)("$name", (example) => {
    let stub: StubbedGateway;

    beforeAll(async () => {
      stub = await serveStub(image, { services: [`${example.package}.Try`] });
    });
    afterAll(() => stub.close());

    test.each(example.requests)("%s %j", async (request, body, meant) => {
      const response = await ask(stub, request, body);
      const text = request.startsWith("HEAD") ? "" : "{}";
      expect(response).toMatchObject({ status: 200, text });
      expect(lastRequest(stub, example.package)).toEqual(meant);
    });
  });
}

function ask(
  stub: StubbedGateway,
  request: string,
  body: JsonValue | undefined,
): Promise<StubResponse> {
  const [method, path] = request.split(" ") as [string, string];
  return stub.ask(method, path, body === undefined ? undefined : JSON.stringify(body));
}

function lastRequest(stub: StubbedGateway, packageName: string): JsonValue {
  const input = stub.contract.registry.getService(`${packageName}.Try`)?.methods[0]
    ?.input as DescMessage;
  return toJson(input, fromBinary(input, stub.calls.at(-1)?.request as Uint8Array));
}
