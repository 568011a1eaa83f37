import { Server } from "node:net";
import { createChannel } from "@tightwire/client";
import type { ServiceDefinition } from "@tightwire/core";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { compileImage, contractText } from "./contract.test-support.js";
import { createGateway, type Gateway } from "./gateway.js";
import type { GatewayOptions } from "./gateway-options.js";
import { serveStub } from "./stub.test-support.js";

const POLICY = `syntax = "proto3";
package tightwire.policy.v1;
import "google/protobuf/descriptor.proto";
import "google/protobuf/duration.proto";
extend google.protobuf.MethodOptions { MethodPolicy method = 50121; }
message MethodPolicy {
  google.protobuf.Duration timeout = 1;
  google.protobuf.Duration idle_timeout = 2;
}
`;

const rule = (path: string): string => `{ option (google.api.http) = { get: "${path}" }; }`;

function compile(methods: string): Uint8Array {
  const text = `import "tightwire/policy/v1/policy.proto";
service Try { ${methods} }
message Thing { string id = 1; }`;
  return compileImage({
    files: {
      "tightwire/policy/v1/policy.proto": POLICY,
      "try/v1/try.proto": contractText("try.v1", text),
    },
  });
}

const channel = createChannel("127.0.0.1:1");
const gateways: Gateway[] = [];
afterEach(() => Promise.all(gateways.splice(0).map((gateway) => gateway.close(0))));

function create(options?: GatewayOptions): Gateway {
  const gateway = createGateway(options);
  gateways.push(gateway);
  return gateway;
}

const VALID = compile(`rpc Get(Thing) returns (Thing) ${rule("/v1/{id}")}`);
const WITHOUT_IMAGE: ServiceDefinition = { name: "try.v1.Try", methods: {} };

describe("misuse and invalid contracts have a stable code", () => {
  const added = (methods: string) => () => create().addImage(compile(methods), channel);
  const options = (given: object) => () => create(given as GatewayOptions);

  test.each<[code: string, misuse: () => unknown, message: RegExp]>([
    ["TW_UNKNOWN_OPTION", options({ maxBytes: 1 }), /maxBytes/],
    ["TW_INVALID_OPTION", options(null as never), /the options of createGateway must be an object/],
    ["TW_INVALID_OPTION", options({ maxMessageBytes: -1 }), /maxMessageBytes/],
    ["TW_INVALID_OPTION", options({ cors: { origins: ["shop"] } }), /\(got "shop"\)/],
    ["TW_INVALID_OPTION", options({ cors: { origins: "*", credentials: true } }), /credentials/],
    ["TW_MISSING_IMAGE", () => create().add(WITHOUT_IMAGE, channel), /try\.v1\.Try has no/],
    [
      "TW_UNKNOWN_SERVICE",
      () => create().addImage(VALID, channel, ["no.Such"]),
      /no service no\.Such; its services: try\.v1\.Try/,
    ],
    [
      "TW_DUPLICATE_SERVICE",
      () => create().addImage(VALID, channel).addImage(VALID, channel),
      /try\.v1\.Try was added twice/,
    ],
    [
      "TW_INVALID_ROUTE",
      added(`rpc Get(Thing) returns (Thing) ${rule("/v1/{nmae}")}`),
      /^try\/v1\/try\.proto:\d+:\d+: try\.v1\.Try\.Get: .*has no field "nmae"$/,
    ],
    [
      "TW_INVALID_POLICY",
      added(
        "rpc Get(Thing) returns (Thing) { option (tightwire.policy.v1.method) = { timeout: {seconds: -1} }; }",
      ),
      /^try\/v1\/try\.proto:\d+:\d+: try\.v1\.Try\.Get: `timeout` must be greater than zero/,
    ],
    ["TW_INVALID_FILE", () => create().addImage(Uint8Array.of(7), channel), /FileDescriptorSet/],
    [
      "TW_UNREADABLE_FILE",
      () => create().addImage(new URL("file:///no/such.binpb"), channel),
      /\/no\/such\.binpb cannot be read/,
    ],
  ])("%s", (code, misuse, message) => {
    expect(misuse).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test("TW_ALREADY_LISTENING", async () => {
    const gateway = create().addImage(VALID, channel);
    await gateway.listen("127.0.0.1:0");
    const code = expect.objectContaining({ code: "TW_ALREADY_LISTENING" });
    expect(() => gateway.addImage(VALID, channel)).toThrow(code);
    expect(() => gateway.listen("127.0.0.1:0")).toThrow(code);
  });

  test("a gateway that could not listen takes services, and can be tried again", async () => {
    const busy = await create().listen("127.0.0.1:0");
    const gateway = create();
    for (const address of [busy.address, "8080", 8080 as never])
      await expect(gateway.listen(address)).rejects.toMatchObject({
        code: address === busy.address ? "TW_ADDRESS_IN_USE" : "TW_INVALID_ADDRESS",
      });
    gateway.addImage(VALID, channel);
    const { address } = await gateway.listen("127.0.0.1:0");
    expect((await fetch(`http://${address}/openapi.json`)).status).toBe(200);
  });

  test("TW_INVALID_ADDRESS and TW_ADDRESS_IN_USE", async () => {
    await expect(create().listen("8080")).rejects.toMatchObject({ code: "TW_INVALID_ADDRESS" });
    const { address } = await create().listen("127.0.0.1:0");
    await expect(create().listen(address)).rejects.toMatchObject({
      name: "StartError [TW_ADDRESS_IN_USE]",
      code: "TW_ADDRESS_IN_USE",
    });
  });
});

test("the policies of an image apply to the calls of the gateway", async () => {
  const image = compile(
    `rpc Get(Thing) returns (Thing) {
      option (google.api.http) = { get: "/v1/{id}" };
      option (tightwire.policy.v1.method) = { timeout: { nanos: 20000000 } };
    }`,
  );
  let finish = (): void => {};
  const finished = new Promise<Uint8Array>((resolve) => {
    finish = () => resolve(new Uint8Array());
  });
  const stub = await serveStub(image, { services: ["try.v1.Try"], respond: () => finished });
  expect(await stub.ask("GET", "/v1/a")).toMatchObject({ status: 504 });
  finish();
  await stub.close();
});

test("4,096 new connections may wait to be accepted", async () => {
  const listen = vi.spyOn(Server.prototype, "listen");
  onTestFinished(() => listen.mockRestore());
  await create().listen("127.0.0.1:0");
  expect(listen.mock.lastCall?.[0]).toMatchObject({ backlog: 4_096 });
});

test("a logger that throws fails no request, and is printed", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const boom = (): never => {
    throw new Error("disk full");
  };
  const logger = { debug: boom, info: boom, warn: boom, error: boom };
  const { address } = await create({ logger }).listen("127.0.0.1:0");
  for (let made = 0; made < 2; made++)
    expect((await fetch(`http://${address}/openapi.json`)).status).toBe(200);
  await vi.waitFor(() => expect(printed).toHaveBeenCalledTimes(2));
  expect(printed.mock.calls[0]?.[0]).toBe("tightwire: the logger of /openapi.json threw:");
});
