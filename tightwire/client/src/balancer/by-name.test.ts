import { expect, test } from "vitest";
import { createChannel } from "../channel/create-channel.js";

test.each(["fastest", 7, null, {}])("an unknown balancer %j is refused by name", (balancer) => {
  expect(() => createChannel("dns:///a:1", { balancer: balancer as never })).toThrow(
    'the option balancer must be "least-loaded", "round-robin", "pick-first" or a function',
  );
});

test("a function that makes no balancer is refused when the channel is made", () => {
  expect(() => createChannel("dns:///a:1", { balancer: (() => undefined) as never })).toThrow(
    "what the function balancer returns must be",
  );
  expect(() => createChannel("dns:///a:1", { balancer: (() => ({})) as never })).toThrow(
    "it has no pick",
  );
});
