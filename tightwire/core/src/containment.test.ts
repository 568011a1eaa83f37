import { afterEach, expect, test, vi } from "vitest";
import { contain, createReport } from "./containment.js";

const PATH = "/shop.v1.Shop/Get";

afterEach(() => vi.restoreAllMocks());

test("what code throws is given to `failed`", () => {
  const failures: unknown[] = [];
  contain(
    () => {
      throw "boom";
    },
    (thrown) => failures.push(thrown),
  );
  expect(failures).toEqual(["boom"]);
});

test("what a promise rejects with, too, so that Node does not end the process", async () => {
  const failed = new Promise((resolve) => contain(() => Promise.reject("boom"), resolve));
  expect(await failed).toBe("boom");
});

test("a promise whose `then` cannot be read is contained", () => {
  const failures: unknown[] = [];
  const get = (): never => {
    throw "no then";
  };
  const hostile = new Proxy({}, { get });
  contain(
    () => hostile,
    (thrown) => failures.push(thrown),
  );
  expect(failures).toEqual(["no then"]);
});

test("without a logger it is printed on stderr", () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  createReport(undefined)("boom", "onHeaders", PATH);
  expect(printed).toHaveBeenCalledExactlyOnceWith(`tightwire: onHeaders of ${PATH} threw:`, "boom");
});

test("a logger gets it; when the logger throws it is printed", () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  const lines: unknown[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (...line: unknown[]) => lines.push(line),
  };
  createReport(logger)("boom", "onFinish", PATH);
  expect(lines).toEqual([[{ method: PATH, err: { message: "boom" } }, "onFinish threw"]]);
  expect(printed).not.toHaveBeenCalled();
  createReport({
    ...logger,
    error() {
      throw new Error("disk full");
    },
  })("boom", "onFinish", PATH);
  expect(printed).toHaveBeenCalledOnce();
});

test("what cannot be printed does not throw", () => {
  vi.spyOn(console, "error").mockImplementation(() => {
    throw new Error("EPIPE");
  });
  createReport(undefined)("boom", "onFinish", PATH);
  expect(console.error).toHaveBeenCalledOnce();
});

const FAILURE = { errorId: "id-1", redact: (text: string) => text.replaceAll("ann", "[redacted]") };
const failed = new Error("no row of ann", { cause: new Error("the cause of ann") });

test("an unexpected error of a handler is printed with its id, stack and cause, redacted", () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  createReport(undefined)(failed, "handler", PATH, FAILURE);
  expect(printed).toHaveBeenCalledOnce();
  const [text] = printed.mock.calls[0] as [string];
  expect(text).toMatch(
    /^tightwire: handler of \/shop.v1.Shop\/Get failed \(id id-1\):\nError: no row/,
  );
  expect(text).toContain("containment.test.ts");
  expect(text).toMatch(/caused by: Error: the cause of \[redacted\]\n {4}at /);
  expect(text).not.toContain("ann");
});

test("a logger gets the id, the stack and the cause of such an error, redacted", () => {
  const lines: unknown[] = [];
  const logger = {
    debug() {},
    info() {},
    warn() {},
    error: (...line: unknown[]) => lines.push(line),
  };
  createReport(logger)(failed, "handler", PATH, FAILURE);
  const err = expect.objectContaining({
    message: "no row of [redacted]",
    stack: expect.stringContaining("containment.test.ts"),
    cause: expect.objectContaining({ message: "the cause of [redacted]" }),
  });
  expect(lines).toEqual([[{ method: PATH, errorId: "id-1", err }, "handler failed"]]);
});

test("a logger that rejects gets its line printed, and ends no process", async () => {
  const printed = vi.spyOn(console, "error").mockReturnValue();
  const error = () => Promise.reject(new Error("disk full")) as never;
  createReport({ debug() {}, info() {}, warn() {}, error })("boom", "onFinish", PATH);
  await new Promise(setImmediate);
  expect(printed).toHaveBeenCalledExactlyOnceWith(`tightwire: onFinish of ${PATH} threw:`, "boom");
});
