import { createChannel } from "@tightwire/client";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import { Metadata } from "@tightwire/core";
import { createServer, inProcess, serve } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { TestService, testMessage } from "@tightwire/testing";
import { describe, expect, test } from "vitest";
import { handlersOf, openClient } from "./pitfalls-stage.js";

/** As JavaScript, or a spread of a configuration, would pass them. */
const misspelt = { keepAliveMs: 1 } as never;
const names = /does not know the option "keepAliveMs"; it knows \w+/;

describe("an option that does not exist is named, with those that do, before anything is opened", () => {
  test.each<[string, () => unknown]>([
    ["createServer", () => createServer(misspelt)],
    ["add", () => createServer().add(TestService, handlersOf({}), misspelt)],
    ["stop", () => createServer().stop(misspelt)],
    ["createChannel", () => createChannel("localhost:1", misspelt)],
    ["the client's grpcJs", () => grpcJsClient(misspelt)],
    ["the client's grpcJs, in tls", () => grpcJsClient({ tls: misspelt })],
    ["the server's grpcJs", () => grpcJsServer(misspelt)],
    ["the server's grpcJs, in tls", () => grpcJsServer({ tls: misspelt })],
    ["inProcess", () => inProcess(createServer(), misspelt)],
  ])("%s", (_name, make) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(names);
  });

  test("serve", async () => {
    const serving = serve(createServer(), { address: "127.0.0.1:0", ...(misspelt as object) });
    await expect(serving).rejects.toThrow(TypeError);
    await expect(serving).rejects.toThrow(names);
  });

  test("one of grpc-js's own, a service config that is no JSON among them", () => {
    const options = { "grpc.service_config": "{" } as never;
    expect(() => createChannel("localhost:1", options)).toThrow('does not know the option "grpc.service_config"');
    expect(() => grpcJsClient(options)).toThrow('does not know the option "grpc.service_config"');
  });
});

describe("a second authorization is refused where it is added", () => {
  const refused = /"authorization" holds one value; set\(\) replaces it/;

  test("by append, in any case, and by every form of init", () => {
    const metadata = new Metadata({ authorization: "Bearer one" });
    expect(() => metadata.append("Authorization", "Bearer two")).toThrow(refused);
    expect(metadata.getAll("authorization")).toEqual(["Bearer one"]);
    expect(() => new Metadata({ authorization: ["Bearer one", "Bearer two"] })).toThrow(refused);
    expect(
      () =>
        new Metadata([
          ["authorization", "Bearer one"],
          ["authorization", "Bearer two"],
        ]),
    ).toThrow(TypeError);
  });

  test("and set replaces it", () => {
    expect(new Metadata({ authorization: "Bearer one" }).set("authorization", "Bearer two").getAll("authorization")).toEqual([
      "Bearer two",
    ]);
  });

  test("so that a call with two fails before anything is sent", async () => {
    const { client } = openClient("127.0.0.1:1");
    const call = client.unary(testMessage(), { metadata: { authorization: ["Bearer one", "Bearer two"] } });
    await expect(call).rejects.toThrow(refused);
  });
});
