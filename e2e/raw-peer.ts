import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { eventually } from "@tightwire/testing";
import {
  ACK,
  CLIENT_PREFACE,
  CODE,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  PING,
  ping,
  RST_STREAM,
  SETTINGS,
  settings,
  settingsAck,
} from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import { expect, onTestFinished } from "vitest";
import { createRawDecoder, type DecodedField, type RawDecoder } from "./raw-hpack.js";

// The frames that are written are the wire's own.
export * from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
export { rawFrame as frame } from "@tightwire/wire/internals/frames/raw-frame.test-support.js";

/** A frame that came; `fields` of a header block that is whole. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
  readonly fields: readonly DecodedField[] | undefined;
}

/** What came on one stream until its end. */
export interface RawResponse {
  /** Header blocks in order: head and trailers, or both at once. */
  readonly blocks: readonly Readonly<Record<string, string>>[];
  readonly body: Buffer;
  /** The code of a reset; undefined when there was none. */
  readonly resetCode: number | undefined;
  readonly status: string | undefined;
  readonly text: string | undefined;
}

/** One end of a connection whose frames are written by hand. */
export interface RawPeer {
  readonly socket: Socket;
  /** Every frame that came, in order. */
  readonly frames: readonly Frame[];
  /** Bytes that do not yet make a frame; what is not HTTP/2 stays here. */
  readonly rest: Buffer;
  readonly decoder: RawDecoder;
  /** Whether the other side has ended or destroyed the connection. */
  readonly ended: boolean;
  send(...bytes: readonly Uint8Array[]): void;
  /**
   * As a client: preface, SETTINGS, and the acknowledgement of the server's. As a server the same
   * without the preface.
   */
  greet(first?: Buffer): Promise<void>;
  /** The next frame, behind those that were asked for before, that `matches`. */
  until(what: string, matches: (frame: Frame) => boolean): Promise<Frame>;
  /** A PING there and back: all that was sent before has been dealt with. */
  roundTrip(): Promise<void>;
  /** What comes on a stream until its end, from the connection's beginning on. */
  response(streamId: number): Promise<RawResponse>;
  /**
   * Waits for a connection error: GOAWAY with `code`, and the end of the connection. Gives GOAWAY's
   * text.
   */
  dies(code: number): Promise<string>;
  /** Waits for a stream error, and shows that the connection goes on. */
  streamDies(streamId: number, code: number): Promise<void>;
  close(): void;
}

/** Connects to a server, at its address or over a socket that is connected. */
export async function connectRaw(to: string | Socket): Promise<RawPeer> {
  if (typeof to !== "string") return createPeer(to, CLIENT_PREFACE, 0);
  const [host = "", port = ""] = to.split(":");
  const socket = connect(Number(port), host).setNoDelay(true);
  await once(socket, "connect");
  return createPeer(socket, CLIENT_PREFACE, 0);
}

/** Connects, and greets. */
export async function greetRaw(address: string, first: Buffer = settings()): Promise<RawPeer> {
  const peer = await connectRaw(address);
  await peer.greet(first);
  return peer;
}

/** Listens for clients: each becomes a peer that `serve` plays the server to. */
export async function listenRaw(
  serve: (peer: RawPeer) => unknown,
): Promise<{ address: string; readonly peers: readonly RawPeer[] }> {
  const peers: RawPeer[] = [];
  const server = createServer((socket) => {
    const peer = createPeer(socket.setNoDelay(true), undefined, CLIENT_PREFACE.length);
    peers.push(peer);
    // A server whose client has left has nothing to complain of: the client's side is what is
    // tested.
    void (async () => serve(peer))().catch(() => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const peer of peers) peer.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, peers };
}

/**
 * Listens, greets each client, and gives each of its calls to `respond` once their heads are there;
 * gives the address.
 */
export async function respondRaw(
  respond: (peer: RawPeer, streamId: number) => unknown,
  first: Buffer = settings(),
): Promise<string> {
  const { address } = await listenRaw(async (peer) => {
    await peer.greet(first);
    for (;;) {
      const { streamId } = await peer.until(
        "HEADERS",
        ({ type, fields }) => type === HEADERS && fields?.[0]?.name === ":method",
      );
      respond(peer, streamId);
    }
  });
  return address;
}

function createPeer(socket: Socket, preface: Buffer | undefined, skipped: number): RawPeer {
  const frames: Frame[] = [];
  const decoder = createRawDecoder();
  let rest = Buffer.alloc(0);
  let toSkip = skipped;
  let seen = 0;
  let pings = 0;
  let ended = false;
  let block: Buffer[] = [];
  onTestFinished(() => void socket.destroy());

  function take(type: number, flags: number, streamId: number, payload: Buffer): void {
    let fields: DecodedField[] | undefined;
    if (type === HEADERS || type === CONTINUATION) {
      block.push(payload);
      if ((flags & END_HEADERS) !== 0) {
        fields = decoder.decode(Buffer.concat(block));
        block = [];
      }
    }
    frames.push({ type, flags, streamId, payload, fields });
  }
  socket.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    if (rest.length < toSkip) return;
    rest = rest.subarray(toSkip);
    toSkip = 0;
    while (
      rest.length >= 9 &&
      rest.length >= 9 + rest.readUIntBE(0, 3) &&
      (rest[3] as number) < 16
    ) {
      const end = 9 + rest.readUIntBE(0, 3);
      take(
        rest[3] as number,
        rest[4] as number,
        rest.readUInt32BE(5),
        Buffer.from(rest.subarray(9, end)),
      );
      rest = rest.subarray(end);
    }
  });
  for (const event of ["end", "close", "error"]) {
    socket.on(event, () => {
      ended = true;
    });
  }

  const peer: RawPeer = {
    socket,
    frames,
    decoder,
    get rest() {
      return rest;
    },
    get ended() {
      return ended;
    },
    send: (...bytes) => void (socket.writable && socket.write(Buffer.concat(bytes))),
    async greet(first = settings()) {
      peer.send(...(preface === undefined ? [] : [preface]), first);
      await peer.until("SETTINGS", ({ type, flags }) => type === SETTINGS && flags === 0);
      peer.send(settingsAck);
    },
    async until(what, matches) {
      const found = await eventually(() => {
        const at = frames.findIndex((one, index) => index >= seen && matches(one));
        if (at < 0)
          throw new Error(`no ${what}; there ${ended ? "were" : "are"} ${describe(frames)}`);
        return at;
      });
      seen = found + 1;
      return frames[found] as Frame;
    },
    async roundTrip() {
      const text = `ping${String(++pings).padStart(4, "0")}`;
      peer.send(ping(text));
      await eventually(() => {
        if (
          !frames.some(
            ({ type, flags, payload }) =>
              type === PING && flags === ACK && payload.toString() === text,
          )
        ) {
          throw new Error(
            `no acknowledgement of a PING; there ${ended ? "were" : "are"} ${describe(frames)}`,
          );
        }
      });
    },
    response: (streamId) =>
      eventually(() => {
        const response = responseOf(frames.filter((one) => one.streamId === streamId));
        if (response === undefined)
          throw new Error(
            `stream ${streamId} has no end; there ${ended ? "were" : "are"} ${describe(frames)}`,
          );
        return response;
      }),
    async dies(code) {
      const last = await eventually(() => {
        const found = frames.find(
          ({ type, payload }) => type === GOAWAY && payload.readUInt32BE(4) !== CODE.NO_ERROR,
        );
        if (found === undefined)
          throw new Error(
            `no GOAWAY of an error; there ${ended ? "were" : "are"} ${describe(frames)}`,
          );
        return found;
      });
      expect(last.payload.readUInt32BE(4)).toBe(code);
      await eventually(() => expect(ended).toBe(true));
      return last.payload.toString("utf8", 8);
    },
    async streamDies(streamId, code) {
      const { resetCode } = await peer.response(streamId);
      expect(resetCode).toBe(code);
      await peer.roundTrip();
    },
    close: () => void socket.destroy(),
  };
  return peer;
}

function responseOf(frames: readonly Frame[]): RawResponse | undefined {
  const blocks = frames.flatMap(({ fields }) =>
    fields === undefined
      ? []
      : [Object.fromEntries(fields.map(({ name, value }) => [name, value]))],
  );
  const resetting = frames.find(({ type }) => type === RST_STREAM);
  if (
    resetting === undefined &&
    !frames.some(
      ({ type, flags }) => (type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0,
    )
  ) {
    return undefined;
  }
  const last = blocks.at(-1);
  return {
    blocks,
    body: Buffer.concat(frames.filter(({ type }) => type === DATA).map(({ payload }) => payload)),
    resetCode: resetting?.payload.readUInt32BE(0),
    status: last?.["grpc-status"],
    text: last?.["grpc-message"],
  };
}

function describe(frames: readonly Frame[]): string {
  return JSON.stringify(
    frames.slice(-12).map(({ type, flags, streamId, payload }) => ({
      type,
      flags,
      streamId,
      text: payload.toString("latin1", 0, 60),
    })),
  );
}
