import { Metadata } from "@tightwire/core";
import {
  type Completion,
  type IncomingCall,
  type IncomingSink,
  type OutgoingCall,
  SYSTEM,
} from "@tightwire/core/runtime";
import { wire as wireClient } from "@tightwire/wire/client";
import { wire as wireServer } from "@tightwire/wire/server";
import type { CallKind } from "./input.js";
import { type RecordedClient, type RecordedServer, requestsOf } from "./record-peer.js";
import type { Scene } from "./record-scenes.js";

const MAX_MESSAGE_BYTES = 4_194_304;

/** The wire's server. */
export async function serveWire(scene: Scene): Promise<RecordedServer> {
  const listener = await wireServer().listen("127.0.0.1:0", {
    ...SYSTEM,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    open: (call) =>
      scene.fails
        ? {
            kind: "refused",
            status: {
              code: 5,
              message: "no such thing: é",
              trailers: new Metadata({ "x-why": "gone" }),
            },
          }
        : echo(call, scene),
  });
  return {
    address: listener.address,
    drain: () => void listener.drain(5_000),
    close: () => listener.closeNow(),
  };
}

function echo(call: IncomingCall, { compress }: Scene): IncomingSink {
  const single = call.path.endsWith("clientStream");
  let last: Buffer = Buffer.alloc(0);
  return {
    kind: "accepted",
    start: () => call.pull(1),
    message(bytes) {
      last = Buffer.from(bytes);
      if (!single) call.write(last, compress);
      call.pull(1);
    },
    halfClosed() {
      if (single) call.write(last, compress);
      call.finish({
        code: 0,
        message: "",
        trailers: new Metadata({ "x-end": "1", "x-bin": Buffer.from([0, 255]) }),
      });
      call.handlerFinished();
    },
    drained() {},
    cancelled: () => call.handlerFinished(),
  };
}

/** The wire's client. */
export const callWire: RecordedClient = async (address, scene, midCall) => {
  const connection = await wireClient().connect(
    { address, authority: "localhost" },
    { timeoutMs: 5_000, maxMessageBytes: MAX_MESSAGE_BYTES, ...SYSTEM },
  );
  for (const [number, kind] of scene.calls.entries()) {
    const call: OutgoingCall = {
      path: `/fuzz.Fuzz/${kind}`,
      metadata: new Metadata({ "x-fuzz": "1", "x-bin": Buffer.from([1, 2, 3]) }),
      deadline: performance.now() + 10_000,
      compress: scene.compress,
      previousAttempts: 0,
    };
    const isLast = number === scene.calls.length - 1;
    await new Promise<void>((resolve) => {
      if (kind === "unary")
        connection.unary(call, requestsOf(kind, scene)[0] as Buffer, { finished: () => resolve() });
      else
        converse(
          kind,
          scene,
          (sink) => connection.stream(call, sink),
          isLast ? midCall : async () => {},
          resolve,
        );
    });
  }
  await connection.close(0);
};

type Open = (
  sink: Parameters<Awaited<ReturnType<ReturnType<typeof wireClient>["connect"]>>["stream"]>[1],
) => {
  write(bytes: Uint8Array): boolean;
  halfClose(): void;
  pull(count: number): void;
  cancel(cause: { code: number; message: string }): void;
};

function converse(
  kind: CallKind,
  scene: Scene,
  open: Open,
  midCall: () => Promise<void>,
  resolve: () => void,
): void {
  const requests = requestsOf(kind, scene);
  const stream = open({
    headers() {},
    message() {
      if (scene.cancels) return stream.cancel({ code: 1, message: "no more" });
      stream.pull(1);
      void midCall().then(next);
    },
    drained() {},
    finished: (_end: Completion) => resolve(),
  });
  function next(): void {
    const request = requests.shift();
    if (request === undefined) stream.halfClose();
    else stream.write(request);
    if (kind !== "bidiStream" && request !== undefined) next();
  }
  stream.pull(1);
  next();
}
