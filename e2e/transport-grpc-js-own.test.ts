import { getChannelzHandlers } from "@grpc/grpc-js";
import { createChannel, createClient } from "@tightwire/client";
import { grpcJs as grpcJsClient } from "@tightwire/client/grpc-js";
import { createServer } from "@tightwire/server";
import { grpcJs as grpcJsServer } from "@tightwire/server/grpc-js";
import { TestService, testMessage } from "@tightwire/transport-contract";
import { expect, onTestFinished, test } from "vitest";
import { handlersOf } from "./pitfalls-stage.js";

test("grpc-js keeps no channelz records of our servers, channels and connections", async () => {
  const server = createServer().add(
    TestService,
    handlersOf({ unary: () => Promise.resolve(testMessage()) }),
  );
  const { address } = await server.listen("127.0.0.1:0", grpcJsServer());
  onTestFinished(() => server.stop({ pauseMs: 0, graceMs: 100 }));
  const channel = createChannel(address, { transport: grpcJsClient() });
  onTestFinished(() => channel.close());
  await createClient(TestService, channel).unary(testMessage());
  const ask = (name: "GetServers" | "GetTopChannels"): Promise<unknown> =>
    new Promise((resolve) =>
      getChannelzHandlers()[name]?.(
        { request: { start_id: 0, max_results: 0 } } as never,
        (_error: unknown, response: unknown) => resolve(response),
      ),
    );
  expect(await ask("GetTopChannels")).toMatchObject({ channel: [] });
  expect(await ask("GetServers")).toMatchObject({ server: [] });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, "1000"])(
  "maxConcurrentStreams of %s is refused by name",
  (value) => {
    const give = (): unknown => grpcJsServer({ maxConcurrentStreams: value as never });
    expect(give).toThrow(TypeError);
    expect(give).toThrow(
      `maxConcurrentStreams must be a whole number from 1 to 4294967295 (got ${String(value)})`,
    );
  },
);
