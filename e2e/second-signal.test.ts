import { createServer, serve } from "@tightwire/server";
import { createEventLog } from "@tightwire/testing";
import { TestService, testMessage } from "@tightwire/transport-contract";
import { expect, test } from "vitest";
import { handlersOf, openClient, rejectionOf } from "./pitfalls-stage.js";
import { transportInUse } from "./transport-in-use.js";

const timers = (): number =>
  process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;

/** Long enough that a stop which waits for it fails the test. */
const LONG_MS = 600_000;

test.each([
  ["in the pause", LONG_MS],
  ["while calls finish", 0],
])("a second signal %s ends a server at once", async (_when, pauseMs) => {
  const log = createEventLog();
  const before = timers();
  const server = createServer().add(
    TestService,
    handlersOf({
      unary: (request, call) => {
        if (request.text === "later") return Promise.resolve(testMessage());
        log.add("runs");
        call.signal.addEventListener("abort", () => log.add("aborted"));
        return new Promise(() => {});
      },
    }),
  );
  const served = await serve(server, {
    address: "127.0.0.1:0",
    transport: transportInUse().server(),
    signals: ["SIGUSR2"],
    pauseMs,
    graceMs: LONG_MS,
  });
  const { client, channel } = openClient(served.address);
  const call = rejectionOf(client.unary(testMessage(), { timeoutMs: LONG_MS }));
  await log.until("runs");
  process.emit("SIGUSR2");
  await firstSignalTookEffect(served.address, pauseMs > 0);
  expect(log.entries).not.toContain("aborted");
  process.emit("SIGUSR2");
  await served.stopped;
  await log.until("aborted");
  expect(await call).toMatchObject({ code: "unavailable" });
  await channel.close();
  expect(timers()).toBeLessThanOrEqual(before);
  expect(process.listenerCount("SIGUSR2")).toBe(0);
});

/** In the pause a server still takes calls on new connections; then it listens no more. */
async function firstSignalTookEffect(address: string, inPause: boolean): Promise<void> {
  const { client, channel } = openClient(address);
  const call = client.unary(testMessage({ text: "later" }));
  if (inPause) await call;
  else expect(await rejectionOf(call)).toMatchObject({ code: "unavailable" });
  await channel.close();
}
