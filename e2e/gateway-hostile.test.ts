import { connect } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type HostileRequest, KINDS, MAX_BYTES, type Random } from "./gateway-hostile-requests.js";
import { type GatewayStage, startGateway } from "./gateway-stage.js";

const REQUESTS = 10_000;
const AT_ONCE = 32;
const SEED = 20_261_125;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Sends a request over a new connection. Resolves with what arrived, once there is a whole response
 * or the connection closes.
 */
function send({ address }: GatewayStage, bytes: Buffer): Promise<string> {
  const [host, port] = address.split(":") as [string, string];
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    let text = "";
    const finish = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.on("error", finish).on("close", finish);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (isWhole(text)) finish();
    });
    socket.write(bytes);
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  return end !== -1 && length !== undefined && text.length >= end + 4 + Number(length);
}

/**
 * What is wrong with a response; undefined when it has one of the statuses, and JSON with a
 * message.
 */
function faultOf(response: string, { kind, statuses, bytes }: HostileRequest): string | undefined {
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1]);
  const shown = `${kind}: ${JSON.stringify(bytes.toString("latin1").slice(0, 300))} got ${JSON.stringify(response.slice(0, 400))}`;
  if (!statuses.includes(status)) return shown;
  try {
    const { message } = JSON.parse(
      Buffer.from(response.slice(response.indexOf("\r\n\r\n") + 4), "latin1").toString(),
    ) as { message: string };
    return message.length > 5 && message.length < 1_000 ? undefined : shown;
  } catch {
    // The WebSocket library refuses requests with plain text.
    return kind === "brokenUpgrade" ? undefined : shown;
  }
}

describe(`${REQUESTS} hostile requests`, () => {
  test("each is refused with a message, nothing crashes, and memory does not grow", {
    timeout: 300_000,
  }, async () => {
    const stage = await startGateway({ maxMessageBytes: MAX_BYTES, bodyTimeoutMs: 1_000 });
    const random = createRandom(SEED);
    const faults: string[] = [];
    const counts = new Map<string, number>();
    let sent = 0;

    async function sendMany(until: number): Promise<void> {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (sent < until) {
            const make = KINDS[sent++ % KINDS.length] as (typeof KINDS)[number];
            const request = { ...make(random), kind: make.name };
            counts.set(request.kind, (counts.get(request.kind) ?? 0) + 1);
            const fault = faultOf(await send(stage, request.bytes), request);
            if (fault !== undefined) faults.push(fault);
          }
        }),
      );
    }

    const heap = (): number => {
      stage.forgetCalls();
      collect();
      collect();
      return process.memoryUsage().heapUsed;
    };
    await sendMany(REQUESTS / 5);
    const before = heap();
    await sendMany(REQUESTS);
    const after = heap();
    expect(faults.slice(0, 20)).toEqual([]);
    expect(sent).toBeGreaterThanOrEqual(REQUESTS);
    expect(counts.size).toBe(KINDS.length);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(after - before).toBeLessThan(before * 0.05 + 1_000_000);
    expect((await fetch(`${stage.url}/v1/products/p-1`)).status).toBe(200);
  });

  test("a body that does not arrive times out", async () => {
    const stage = await startGateway({ bodyTimeoutMs: 300 });
    const slow = (contentType: string): Buffer =>
      Buffer.from(
        `POST /v1/orders HTTP/1.1\r\nhost: x\r\ncontent-type: ${contentType}\r\ncontent-length: 100\r\n\r\n{"a"`,
      );
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => send(stage, slow("application/json"))),
    );
    for (const response of responses) {
      expect(response).toMatch(/^HTTP\/1\.1 408 /);
      expect(response).toContain("the body did not arrive within 300 ms");
    }
    expect((await fetch(`${stage.url}/v1/products/p-1`)).status).toBe(200);
  });

  test("gRPC-Web and Connect's streams report it in trailers", async () => {
    const { url } = await startGateway();
    const bodies = [
      "",
      "\0",
      "\0\0\0\0\x05ab",
      "\x01\0\0\0\x02{}",
      "\0\0\0\0\x02\x0f\x0f",
      "\0\xff\xff\xff\xff",
    ];
    for (const body of bodies) {
      const bytes = Buffer.from(body, "latin1");
      const grpcWeb = await fetch(`${url}/shop.catalog.v1.CatalogService/WatchStock`, {
        method: "POST",
        headers: { "content-type": "application/grpc-web+proto" },
        body: bytes,
      });
      expect(await grpcWeb.text()).toMatch(/grpc-status: (3|12|13)\r\ngrpc-message: \S/);
      const connectStream = await fetch(`${url}/shop.catalog.v1.CatalogService/WatchStock`, {
        method: "POST",
        headers: { "content-type": "application/connect+proto" },
        body: bytes,
      });
      expect(await connectStream.text()).toMatch(
        /"error":\{"code":"(invalid_argument|unimplemented|internal)","message":"\S/,
      );
    }
  });
});
