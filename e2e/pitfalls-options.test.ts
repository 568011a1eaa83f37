import { createChannel } from "@tightwire/client";
import { Metadata } from "@tightwire/core";
import { createServer, inProcess, serve } from "@tightwire/server";
import { createEventLog, createGate } from "@tightwire/testing";
import { TestService, testMessage } from "@tightwire/transport-contract";
import { describe, expect, test } from "vitest";
import { handlersOf, openClient, startServer } from "./pitfalls-stage.js";
import { transportInUse } from "./transport-in-use.js";

/** As JavaScript, or a spread of a configuration, would pass them. */
const misspelt = { keepAliveMs: 1 } as never;
const names = /^unknown option of .+: "keepAliveMs"; allowed: \w+/;

describe("an option that does not exist is named, with those that do, before anything is opened", () => {
  test.each<[string, () => unknown]>([
    ["createServer", () => createServer(misspelt)],
    ["add", () => createServer().add(TestService, handlersOf({}), misspelt)],
    ["stop", () => createServer().stop(misspelt)],
    ["createChannel", () => createChannel("localhost:1", misspelt)],
    ["the client's transport", () => transportInUse().client(misspelt)],
    ["the client's transport, in tls", () => transportInUse().client({ tls: misspelt })],
    ["the server's transport", () => transportInUse().server(misspelt)],
    ["the server's transport, in tls", () => transportInUse().server({ tls: misspelt })],
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
    expect(() => createChannel("localhost:1", options)).toThrow(
      'unknown option of createChannel: "grpc.service_config"',
    );
    expect(() => transportInUse().client(options)).toThrow(
      /unknown option of (wire|grpcJs): "grpc.service_config"/,
    );
  });
});

describe("a number that an option does not take is named where it is given", () => {
  const counts = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, "1000"];
  const times = [0, -1, Number.NaN, "1000"];
  const waits = [-1, Number.NaN, "1000"];

  test.each<[string, readonly unknown[], (value: never) => unknown]>([
    ["maxMessageBytes", counts, (maxMessageBytes) => createServer({ maxMessageBytes })],
    [
      "maxMessageBytes",
      counts,
      (maxMessageBytes) => createChannel("localhost:1", { maxMessageBytes }),
    ],
    ["keepaliveMs", times, (keepaliveMs) => transportInUse().server({ keepaliveMs })],
    ["keepaliveMs", times, (keepaliveMs) => transportInUse().client({ keepaliveMs })],
    ["timeoutMs", times, (timeoutMs) => createChannel("localhost:1", { timeoutMs })],
    [
      "connectTimeoutMs",
      times,
      (connectTimeoutMs) => createChannel("localhost:1", { connectTimeoutMs }),
    ],
    [
      "idleTimeoutMs",
      times,
      (idleTimeoutMs) => openClient("localhost:1").client.serverStream({}, { idleTimeoutMs }),
    ],
    ["graceMs", waits, (graceMs) => createChannel("localhost:1").close(graceMs)],
    ["graceMs", waits, (graceMs) => createServer().stop({ graceMs })],
    ["pauseMs", waits, (pauseMs) => createServer().stop({ pauseMs })],
  ])("%s", (name, wrong, give) => {
    for (const value of wrong) {
      expect(() => give(value as never), String(value)).toThrow(TypeError);
      expect(() => give(value as never)).toThrow(`${name} must be `);
    }
  });

  test("serve, before it listens", async () => {
    for (const options of [{ graceMs: Number.NaN }, { pauseMs: -1 }]) {
      await expect(serve(createServer(), { address: "127.0.0.1:0", ...options })).rejects.toThrow(
        /^(graceMs|pauseMs) must be .* \(got /,
      );
    }
  });

  test("Infinity is a time: a connection has it, and a stop waits as long as the calls take", async () => {
    const gate = createGate();
    const log = createEventLog();
    const keepaliveMs = Number.POSITIVE_INFINITY;
    const { server, address } = await startServer(
      {
        unary: async (_request, call) => {
          log.add("runs");
          call.signal.addEventListener("abort", () => log.add("cut"));
          await gate.passed;
          return testMessage({ text: "whole" });
        },
      },
      { keepaliveMs },
    );
    const { channel, client } = openClient(address, {
      connectTimeoutMs: Number.POSITIVE_INFINITY,
      transport: transportInUse().client({ keepaliveMs }),
    });
    const call = client.unary({});
    await log.until("runs");
    const stopped = server
      .stop({ pauseMs: 0, graceMs: Number.POSITIVE_INFINITY })
      .then(() => log.add("stopped"));
    const closed = channel.close(Number.POSITIVE_INFINITY).then(() => log.add("closed"));
    // Node takes a timer of Infinity for one of 1 ms. It would have fired before one of 1 ms that
    // is set later, and have cut the call.
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.add("gate opens");
    gate.open();
    expect((await call).text).toBe("whole");
    await Promise.all([stopped, closed]);
    expect(log.entries.slice(0, 2)).toEqual(["runs", "gate opens"]);
    expect(log.entries.slice(2).sort()).toEqual(["closed", "stopped"]);
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
    expect(
      new Metadata({ authorization: "Bearer one" })
        .set("authorization", "Bearer two")
        .getAll("authorization"),
    ).toEqual(["Bearer two"]);
  });

  test("so that a call with two fails before anything is sent", async () => {
    const { client } = openClient("127.0.0.1:1");
    const call = client.unary(testMessage(), {
      metadata: { authorization: ["Bearer one", "Bearer two"] },
    });
    await expect(call).rejects.toThrow(refused);
  });
});
