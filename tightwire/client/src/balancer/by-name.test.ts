import { expect, test } from "vitest";
import { createChannel } from "../channel/create-channel.js";

test.each(["fastest", 7, null, {}])("an unknown balancer %j is refused by name", (balancer) => {
  expect(() => createChannel("dns:///a:1", { balancer: balancer as never })).toThrow(
    'the option balancer must be "least-loaded", "round-robin", "pick-first" or a function',
  );
});
