import { Metadata } from "@tightwire/core";
import {
  type Acceptor,
  type Completion,
  type Connection,
  type FinalStatus,
  type IncomingCall,
  type OpenedCall,
  type OutgoingCall,
  type ResponseSink,
  StatusNumber,
  SYSTEM,
} from "@tightwire/core/runtime";
import { type EventLog, eventually } from "@tightwire/testing";
import { expect } from "vitest";
import type { Suite } from "../suite.js";
import { responding } from "../test-handlers.js";
import { testMessage } from "../test-messages.js";

const UNARY = "/tightwire.testing.v1.TestService/Unary";
/** The path of calls that {@link notingAcceptor} refuses and does not note. */
const LATER = "/a/Later";
const OK: FinalStatus = { code: StatusNumber.OK, message: "", trailers: undefined };

function outgoing(path: string, more: Partial<OutgoingCall> = {}): OutgoingCall {
  return {
    path,
    metadata: new Metadata(),
    deadline: Number.POSITIVE_INFINITY,
    compress: false,
    previousAttempts: 0,
    ...more,
  };
}

/** A sink of responses that notes all that it hears. */
function notingResponses(log: EventLog): ResponseSink & { end: Completion | undefined } {
  return {
    end: undefined,
    headers: () => log.add("client headers"),
    message: (bytes) => log.add(`client message ${bytes.byteLength}`),
    drained: () => log.add("client drained"),
    finished(end) {
      this.end = end;
      log.add(`client finished ${end.code}`);
    },
  };
}

/** An acceptor that notes all that its calls hear; `begin` responds to them. */
function notingAcceptor(
  log: EventLog,
  begin: (call: IncomingCall, event: "start" | "message" | "halfClosed") => void,
): Acceptor {
  return {
    ...SYSTEM,
    maxMessageBytes: 4 * 1024 * 1024,
    open(call): OpenedCall {
      if (call.path === LATER)
        return { kind: "refused", status: { ...OK, code: StatusNumber.UNIMPLEMENTED } };
      return {
        kind: "accepted",
        start: () => begin(call, "start"),
        message(bytes) {
          log.add(`server message ${bytes.byteLength}`);
          begin(call, "message");
        },
        halfClosed() {
          log.add("server halfClosed");
          begin(call, "halfClosed");
        },
        drained: () => log.add("server drained"),
        cancelled(cause) {
          log.add(`server cancelled ${cause.code}`);
          call.handlerFinished();
        },
      };
    },
  };
}

/**
 * Makes a call behind all others of a connection, and resolves when it has finished: then
 * everything that was on its way before has come, in both directions.
 */
function callLater(connection: Connection, path = LATER): Promise<void> {
  return new Promise((resolve) => {
    connection.unary(outgoing(path), new Uint8Array(), { finished: () => resolve() });
  });
}

/** The rules of the seam itself, below servers and channels. */
export function seam({ test, subject }: Suite): void {
  for (const [what, count] of [
    ["no message", 0],
    ["two messages", 2],
  ] as const) {
    test(`a unary call with ${what} in its request is UNIMPLEMENTED`, async (stage) => {
      const pair = await stage.open({ handlers: responding(() => testMessage()) });
      const connection = await stage.connect(pair);
      const sink = notingResponses(stage.log);
      const stream = connection.stream(outgoing(UNARY), sink);
      stream.pull(2);
      for (let sent = 0; sent < count; sent++) stream.write(new Uint8Array());
      stream.halfClose();
      await eventually(() =>
        expect(sink.end).toMatchObject({ code: StatusNumber.UNIMPLEMENTED, origin: "peer" }),
      );
      expect(sink.end?.message).toContain("takes one message");
    });

    test(`a unary call with ${what} in its response is INTERNAL`, async (stage) => {
      const listener = await stage.openRaw(
        notingAcceptor(stage.log, (call, event) => {
          if (event === "start") call.pull(2);
          if (event !== "halfClosed") return;
          for (let sent = 0; sent < count; sent++) call.write(new Uint8Array([8]), false);
          call.finish(OK);
          call.handlerFinished();
        }),
      );
      const connection = await stage.connect(listener);
      const ends: { code: number; responded: boolean }[] = [];
      connection.unary(outgoing(UNARY), new Uint8Array(), {
        finished: ({ code }, message) => void ends.push({ code, responded: message !== undefined }),
      });
      await eventually(() =>
        expect(ends).toEqual([{ code: StatusNumber.INTERNAL, responded: false }]),
      );
    });
  }

  test("a status outside 0 to 16 is UNKNOWN", async (stage) => {
    const listener = await stage.openRaw({
      ...SYSTEM,
      maxMessageBytes: 1_000,
      open: () => ({
        kind: "refused",
        status: { code: 99, message: "ninety-nine", trailers: undefined },
      }),
    });
    const { client } = stage.channelTo(listener);
    await expect(client.unary({})).rejects.toMatchObject({
      code: "unknown",
      message: "ninety-nine",
    });
  });

  test("an acceptor that refuses by the head alone is heard, details and all, before a body is read", async (stage) => {
    const trailers = new Metadata({ "x-why": "closed" });
    const listener = await stage.openRaw({
      ...SYSTEM,
      maxMessageBytes: 1_000,
      open: () => ({
        kind: "refused",
        status: { code: StatusNumber.PERMISSION_DENIED, message: "not you", trailers },
      }),
    });
    const { client } = stage.channelTo(listener);
    for (const call of [client.unary({}), client.clientStream([{}, {}])]) {
      const error = await call.then(
        () => undefined,
        (thrown: { code: string; metadata: Metadata }) => thrown,
      );
      expect(error?.code).toBe("permission_denied");
      expect(error?.metadata.get("x-why")).toBe("closed");
    }
  });

  test("attempts after the first say so", async (stage) => {
    const seen: (string | undefined)[] = [];
    const pair = await stage.open({
      handlers: responding((call) => {
        seen.push(call.metadata.get("grpc-previous-rpc-attempts"));
        return testMessage();
      }),
    });
    const connection = await stage.connect(pair);
    for (const previousAttempts of [0, 2]) {
      await new Promise<void>((resolve) => {
        connection.unary(outgoing(UNARY, { previousAttempts }), new Uint8Array(), {
          finished: () => resolve(),
        });
      });
    }
    expect(seen).toEqual([undefined, "2"]);
  });

  test("no message is given before it is pulled, on either side, and no more than were", async (stage) => {
    const calls: IncomingCall[] = [];
    const listener = await stage.openRaw(
      notingAcceptor(stage.log, (call, event) => {
        if (event === "start") calls.push(call);
      }),
    );
    const connection = await stage.connect(listener);
    const stream = connection.stream(outgoing("/a/B"), notingResponses(stage.log));
    for (let length = 1; length <= 3; length++) stream.write(new Uint8Array(length));
    stream.halfClose();
    await eventually(() => expect(calls).toHaveLength(1));
    const [call] = calls as [IncomingCall];
    await callLater(connection);
    expect(stage.log.entries).toEqual([]);
    call.pull(2);
    await stage.log.until("server message 2");
    await callLater(connection);
    expect(stage.log.entries).toEqual(["server message 1", "server message 2"]);
    call.pull(5);
    await stage.log.until("server halfClosed");
    for (let length = 1; length <= 3; length++) call.write(new Uint8Array(length), false);
    call.finish(OK);
    call.handlerFinished();
    stream.pull(1);
    await stage.log.until("client message 1");
    await callLater(connection);
    expect(stage.log.entries.filter((one) => one.startsWith("client message"))).toEqual([
      "client message 1",
    ]);
    stream.pull(5);
    await stage.log.until("client finished 0");
    expect(stage.log.entries.filter((one) => one !== "client headers")).toEqual([
      "server message 1",
      "server message 2",
      "server message 3",
      "server halfClosed",
      "client message 1",
      "client message 2",
      "client message 3",
      "client finished 0",
    ]);
  });

  test("bytes given to a sink are borrowed: to write over them changes nothing that anybody keeps", async (stage) => {
    const payload = Uint8Array.from({ length: 1_000 }, (_, index) => index);
    const { client } = await stage.open({
      handlers: responding((_call, [request]) =>
        testMessage({ payload: request?.payload ?? payload }),
      ),
    });
    const response = await client.unary({ payload });
    const copy = [...response.payload];
    const other = await client.unary({ payload: new Uint8Array(1_000).fill(255) });
    other.payload.fill(0);
    expect([...response.payload]).toEqual(copy);
  });

  test("cancel finishes the call before it returns, once, with its cause; nothing comes after", async (stage) => {
    const calls: IncomingCall[] = [];
    const listener = await stage.openRaw(
      notingAcceptor(stage.log, (call, event) => {
        if (event === "start") calls.push(call);
      }),
    );
    const connection = await stage.connect(listener);
    const sink = notingResponses(stage.log);
    const stream = connection.stream(outgoing("/a/B"), sink);
    stream.pull(10);
    await eventually(() => expect(calls).toHaveLength(1));
    stream.cancel({ code: StatusNumber.CANCELLED, message: "enough" });
    expect(sink.end).toMatchObject({
      code: StatusNumber.CANCELLED,
      message: "enough",
      origin: "local",
    });
    stream.cancel({ code: StatusNumber.ABORTED, message: "again" });
    expect(stream.write(new Uint8Array(5))).toBe(true);
    stream.halfClose();
    stream.pull(1);
    await stage.log.until("server cancelled 1");
    const [call] = calls as [IncomingCall];
    call.headers(new Metadata());
    call.write(new Uint8Array(5), false);
    call.respond(undefined, new Uint8Array(5), undefined, false);
    call.finish(OK);
    call.pull(1);
    await callLater(connection);
    expect(stage.log.entries).toEqual(["client finished 1", "server cancelled 1"]);
  });

  test("nothing comes back before a caller has its handle, of a call that is refused either", async (stage) => {
    const pair = await stage.open({ handlers: responding(() => testMessage()) });
    const connection = await stage.connect(pair);
    for (const path of [UNARY, "/no.such.Service/Method"]) {
      let returned = false;
      const early = await new Promise<boolean>((resolve) => {
        connection.unary(outgoing(path), new Uint8Array(), { finished: () => resolve(!returned) });
        returned = true;
      });
      expect([path, early]).toEqual([path, false]);
    }
  });

  test("a call that is cancelled as soon as it was made is cancelled, or ended as it had by then", async (stage) => {
    const pair = await stage.open({ handlers: responding(() => testMessage()) });
    const connection = await stage.connect(pair);
    for (const path of [UNARY, "/no.such.Service/Method"]) {
      const codes: number[] = [];
      const cause = { code: StatusNumber.CANCELLED, message: "at once" };
      connection
        .unary(outgoing(path), new Uint8Array(), { finished: ({ code }) => codes.push(code) })
        .cancel(cause);
      expect(codes).toHaveLength(1);
      expect([StatusNumber.CANCELLED, StatusNumber.UNIMPLEMENTED]).toContain(codes[0]);
      await callLater(connection, UNARY);
      expect(codes).toHaveLength(1);
    }
  });

  test("write says when enough is waiting, and drained when to go on: both ways", async (stage) => {
    const calls: IncomingCall[] = [];
    const listener = await stage.openRaw(
      notingAcceptor(stage.log, (call, event) => {
        if (event === "start") calls.push(call);
      }),
    );
    const connection = await stage.connect(listener);
    const stream = connection.stream(outgoing("/a/B"), notingResponses(stage.log));
    const chunk = (): Uint8Array => new Uint8Array(256 * 1024);
    let sent = 0;
    // What a transport takes at once may become more when its peer is there; in the end it is full.
    while (sent < 200 && !stage.log.entries.includes("full")) {
      sent++;
      if (!stream.write(chunk())) stage.log.add("full");
    }
    expect(stage.log.entries).toContain("full");
    await eventually(() => expect(calls).toHaveLength(1));
    const [call] = calls as [IncomingCall];
    call.pull(1_000);
    await stage.log.until("client drained");
    stream.halfClose();
    await stage.log.until("server halfClosed");
    let full = false;
    for (let responses = 0; responses < 200 && !full; responses++)
      full = !call.write(chunk(), false);
    expect(full).toBe(true);
    stream.pull(1_000);
    await stage.log.until("server drained");
    call.finish(OK);
    call.handlerFinished();
    await stage.log.until("client finished 0");
  });

  test("a connection says when its server drains and is gone, once each", async (stage) => {
    const pair = await stage.open({ handlers: responding(() => testMessage()) });
    const connection = await stage.connect(pair);
    expect(connection.capacity).toBeGreaterThan(0);
    connection.onState((state) => stage.log.add(state));
    await pair.server.stop({ pauseMs: 0 });
    await stage.log.until("closed");
    expect(connection.capacity).toBe(0);
    expect(["closed", "draining,closed"]).toContain(stage.log.entries.join());
  });

  test("a connection that is closed fails its calls as UNAVAILABLE, at once or after the grace", async (stage) => {
    const listener = await stage.openRaw(notingAcceptor(stage.log, () => {}));
    for (const graceMs of [0, 30]) {
      const connection = await stage.connect(listener);
      const sink = notingResponses(stage.log);
      connection.stream(outgoing("/a/B"), sink);
      connection.onState((state) => stage.log.add(state));
      await connection.close(graceMs);
      expect(sink.end).toMatchObject({ code: StatusNumber.UNAVAILABLE, origin: "local" });
      expect(connection.capacity).toBe(0);
    }
    expect(stage.log.entries.filter((one) => one === "closed")).toHaveLength(2);
  });

  test("says what it can do, and what it is", async (stage) => {
    const pair = await stage.open();
    const connection = await stage.connect(pair);
    expect(pair.transport.capabilities.compressRequests).toBe(
      subject.capabilities.compressRequests,
    );
    expect(pair.transport.capabilities.knowsOutcome).toBe(subject.capabilities.knowsOutcome);
    expect(connection.info.protocol).toMatch(/^(h2|h2c|in-process)$/);
  });
}
