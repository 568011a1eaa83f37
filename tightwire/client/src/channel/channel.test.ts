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

test("an in-process target says which transport it needs", () => {
  expect(() => createChannel("in-process:")).toThrow(
    new MisuseError(
      "TW_INVALID_OPTION",
      'the target "in-process:" needs a transport: pass transport: inProcess(server), of @tightwire/server',
    ),
  );
});

test("a missing target is refused with the allowed forms", () => {
  const create = createChannel as (target?: unknown) => unknown;
  expect(() => create()).toThrow('undefined is not a target; allowed: "dns:///host:port"');
  expect(() => create()).toThrow(expect.objectContaining({ code: "TW_INVALID_TARGET" }));
});

const CLOCK = "now, wallTime, schedule, setTimer, setBackgroundTimer, nextTick, nextTurn, offload";

test.each<[string, unknown]>([
  ["the options of createChannel must be an object (got null)", null],
  ['the options of createChannel must be an object (got "wire")', "wire"],
  ["the options of createChannel must be an object (got an array)", []],
  ["transport must be an object (got a function)", { transport: () => {} }],
  ["transport must be an object with the methods connect; it has no connect", { transport: {} }],
  ["interceptors must be an array (got a function)", { interceptors: () => {} }],
  ["attemptInterceptors must be an array (got an object)", { attemptInterceptors: {} }],
  ["logger must be an object (got true)", { logger: true }],
  [
    "logger must be an object with the methods debug, info, warn, error; it has no debug",
    { logger: { log() {} } },
  ],
  ["observers must be an array (got an object)", { observers: { started() {} } }],
  ["observers[1] must be an object (got undefined)", { observers: [{ started() {} }, undefined] }],
  [
    "observers[0] must be an object with the methods started; it has no started",
    { observers: [{}] },
  ],
  ["clock must be an object (got a function)", { clock: Date }],
  [
    `clock must be an object with the methods ${CLOCK}; it has no wallTime`,
    { clock: { now() {} } },
  ],
  ["random must be an object with the methods next, hex; it has no next", { random: Math }],
])("refuses: %s", (message, options) => {
  const create = (): unknown => createChannel("localhost:1", options as never);
  expect(create).toThrow(new MisuseError("TW_INVALID_OPTION", message));
  expect(create).toThrow(expect.objectContaining({ code: "TW_INVALID_OPTION" }));
});
