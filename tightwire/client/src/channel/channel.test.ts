import { MisuseError } from "@tightwire/core";
import { expect, test } from "vitest";
import { type Channel, openChannel } from "./channel.js";
import { createChannel } from "./create-channel.js";

test("opens what createChannel made", () => {
  const channel = createChannel("localhost:1");
  expect(openChannel(channel)).toBe(channel);
});

test.each([
  [undefined, "undefined"],
  [null, "null"],
  ["localhost:1", "localhost:1"],
  [{ target: "localhost:1", secret: "x" }, "another object"],
])("refuses %j", (given, shown) => {
  const open = (): unknown => openChannel(given as unknown as Channel);
  expect(open).toThrow(MisuseError);
  expect(open).toThrow(`the channel of a client must be made by createChannel() (got ${shown})`);
  expect(open).toThrow(expect.objectContaining({ code: "TW_NOT_A_CHANNEL" }));
});
