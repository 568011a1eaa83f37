import { expect, test } from "vitest";
import { createCallLog } from "./call-log.js";
import type { ObservedCall, ObservedFinish } from "./observer.js";
import { StatusNumber } from "./status.js";

type Line = readonly [level: string, fields: Record<string, unknown>, message: string];

/** A call log and what it wrote. */
function openLog() {
  const lines: Line[] = [];
  const writer = (level: string) => (fields: object, message: string) =>
    void lines.push([level, { ...fields }, message]);
  const log = createCallLog({
    debug: writer("debug"),
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
  });
  const call = log.started({
    side: "server",
    path: "/shop/Get",
    peer: "127.0.0.1:5",
    identity: undefined,
  } as unknown as ObservedCall);
  if (call === undefined) throw new Error("the log listens to every call");
  return { lines, call };
}

const endOf = (over: object): ObservedFinish =>
  ({
    code: StatusNumber.OK,
    message: "",
    durationMs: 1.23456,
    origin: "local",
    ...over,
  }) as ObservedFinish;

test("writes one line a call, with counts and without texts when it went well", () => {
  const { lines, call } = openLog();
  call.message?.("received", 10);
  call.message?.("sent", 10);
  call.message?.("sent", 10);
  call.finished(endOf({}));
  expect(lines).toEqual([
    [
      "info",
      {
        side: "server",
        method: "/shop/Get",
        code: "ok",
        durationMs: 1.235,
        peer: "127.0.0.1:5",
        sent: 2,
        received: 1,
      },
      "call",
    ],
  ]);
});

test.each([
  [StatusNumber.NOT_FOUND, "info"],
  [StatusNumber.CANCELLED, "info"],
  [StatusNumber.INTERNAL, "warn"],
  [StatusNumber.UNAVAILABLE, "warn"],
  [StatusNumber.DEADLINE_EXCEEDED, "warn"],
])("status %d is a line of level %s, with text and origin", (code, level) => {
  const { lines, call } = openLog();
  call.finished(
    endOf({ code, message: "why", origin: "peer", endpoint: "10.0.0.1:1", attempts: 3 }),
  );
  expect(lines).toHaveLength(1);
  expect(lines[0]?.[0]).toBe(level);
  expect(lines[0]?.[1]).toMatchObject({
    message: "why",
    origin: "peer",
    endpoint: "10.0.0.1:1",
    attempts: 3,
  });
});

test("writes type, text, code and causes of an error, redacted, and nothing else that hangs on it", () => {
  const { lines, call } = openLog();
  const cause = Object.assign(new Error("row ann@example.org"), {
    code: "23505",
    detail: "ann@example.org",
  });
  call.failed?.(new Error("could not save ann@example.org", { cause }), "id-1", (text) =>
    text.replaceAll("ann@example.org", "[redacted]"),
  );
  const [level, fields, message] = lines[0] as Line;
  expect([level, message, fields["errorId"]]).toEqual(["error", "handler failed", "id-1"]);
  expect(fields["err"]).toMatchObject({
    type: "Error",
    message: "could not save [redacted]",
    cause: { message: "row [redacted]", code: "23505" },
  });
  expect(JSON.stringify(fields)).not.toContain("ann@example.org");
});

test("follows causes so far, also where they go in a circle", () => {
  const { lines, call } = openLog();
  const error = new Error("round");
  error.cause = error;
  call.failed?.(error, "id-1", (text) => text);
  expect(JSON.stringify(lines).split('"message":"round"')).toHaveLength(6);
});
