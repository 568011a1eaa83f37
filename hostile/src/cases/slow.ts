import { setTimeout as sleep } from "node:timers/promises";
import {
  CLIENT_PREFACE,
  goaway,
  headers,
  settings,
} from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import type { HostileCase, Stage } from "../hostile-case.js";
import { measureRequest } from "../peer/messages.js";
import type { RawConnection } from "../peer/raw-connection.js";
import { churn } from "./flood.js";
import { call, MIB, SMALL_BYTES, times } from "./requests.js";

/** Connections that come and go, of all attackers. */
const SHORT_CONNECTIONS = 1_200;
/** Connections that stay, of all attackers. */
const LONG_CONNECTIONS = 200;
/** The first bytes of a TLS hello of 512 bytes. */
const HALF_HELLO = Buffer.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc);

/** Sends bytes one by one on many connections. */
async function drip(
  stage: Stage,
  bytes: Buffer,
  connect: () => Promise<RawConnection>,
): Promise<void> {
  const connections = await Promise.all(times(LONG_CONNECTIONS / stage.attackers, () => connect()));
  // An acknowledgement would come between the bytes.
  for (const connection of connections) connection.acknowledges = false;
  for (let at = 0; at < bytes.length && stage.goesOn(); at++) {
    for (const connection of connections) connection.write(bytes.subarray(at, at + 1));
    await sleep(50);
  }
}

/** Connects and ends its side, with these bytes before it, and leaves the socket so. */
async function connectAndEnd(stage: Stage, bytes: Buffer): Promise<void> {
  for (let at = 0; at < SHORT_CONNECTIONS / stage.attackers && stage.goesOn(); at++) {
    const socket = await stage.connectTcp();
    if (bytes.length > 0) socket.write(bytes);
    socket.end();
    socket.resume();
  }
}

export const SLOW_CASES: readonly HostileCase[] = [
  {
    name: "tls-connect-and-end",
    does: `connects ${SHORT_CONNECTIONS} times and sends a FIN before the handshake, as TCP health checks do`,
    points: [34],
    tls: true,
    limit: "handshakeTimeoutMs",
    heldBytes: SMALL_BYTES,
    attack: (stage) => connectAndEnd(stage, Buffer.alloc(0)),
  },
  {
    name: "tls-half-hello-and-end",
    does: `connects ${SHORT_CONNECTIONS} times and sends a FIN within the handshake`,
    points: [34],
    tls: true,
    limit: "handshakeTimeoutMs",
    heldBytes: SMALL_BYTES,
    attack: (stage) => connectAndEnd(stage, HALF_HELLO),
  },
  {
    name: "connect-and-end",
    does: `connects ${SHORT_CONNECTIONS} times and sends a FIN before the preface`,
    points: [34],
    limit: "prefaceTimeoutMs",
    heldBytes: SMALL_BYTES,
    attack: (stage) => connectAndEnd(stage, Buffer.alloc(0)),
  },
  {
    name: "half-preface-and-end",
    does: `connects ${SHORT_CONNECTIONS} times and sends a FIN within the preface`,
    points: [15, 34],
    limit: "prefaceTimeoutMs",
    heldBytes: SMALL_BYTES,
    attack: (stage) => connectAndEnd(stage, CLIENT_PREFACE.subarray(0, 10)),
  },
  {
    name: "http1",
    does: `sends an HTTP/1.1 request on ${SHORT_CONNECTIONS} connections`,
    points: [29],
    limit: "none: each is closed",
    heldBytes: SMALL_BYTES,
    attack: (stage) => connectAndEnd(stage, Buffer.from("GET / HTTP/1.1\r\nhost: hostile\r\n\r\n")),
  },
  {
    name: "slow-preface",
    does: `sends the preface byte by byte on ${LONG_CONNECTIONS} connections`,
    points: [15],
    limit: "prefaceTimeoutMs",
    heldBytes: 8 * MIB,
    attack: (stage) =>
      drip(stage, Buffer.concat([CLIENT_PREFACE, settings()]), () => stage.connectSilently()),
  },
  {
    name: "slow-headers",
    does: `sends a request's head byte by byte on ${LONG_CONNECTIONS} connections`,
    points: [21],
    limit: "headersTimeoutMs",
    heldBytes: 16 * MIB,
    attack: (stage) => drip(stage, headers(1, call("Hold")), () => stage.connect()),
  },
  {
    name: "tls-slow-hello",
    does: `sends a TLS hello byte by byte on ${LONG_CONNECTIONS} connections`,
    points: [29],
    tls: true,
    limit: "handshakeTimeoutMs",
    heldBytes: 16 * MIB,
    async attack(stage) {
      const sockets = await Promise.all(
        times(LONG_CONNECTIONS / stage.attackers, () => stage.connectTcp()),
      );
      for (let at = 0; at < HALF_HELLO.length && stage.goesOn(); at++) {
        for (const socket of sockets) socket.write(HALF_HELLO.subarray(at, at + 1));
        await sleep(100);
      }
    },
  },
  {
    name: "no-settings-ack",
    does: "acknowledges no SETTINGS, and makes calls all the same",
    points: [15],
    limit: "settingsTimeoutMs",
    heldBytes: SMALL_BYTES,
    async attack(stage) {
      const connection = await stage.connectSilently();
      connection.acknowledges = false;
      await connection.greet();
      while (stage.goesOn() && connection.open) {
        const id = connection.openStream(call("Measure"));
        const body = measureRequest({ payload: Buffer.from("no ack") });
        await connection.upload(id, body, stage.deadline, true);
        await connection.ended(id, stage.deadline);
      }
    },
  },
  {
    name: "goaway-at-once",
    does: "connects, says GOAWAY and closes, 600 times at most",
    points: [18, 35],
    limit: "none: each is closed",
    heldBytes: SMALL_BYTES,
    attack: (stage) => churn(stage, 600, (connection) => connection.write(goaway(0))),
  },
  {
    name: "calls-and-away",
    does: "opens 20 calls and resets the connection, 300 times at most",
    points: [19, 30],
    limit: "none: calls end with their connection",
    heldBytes: 8 * MIB,
    attack: (stage) =>
      churn(stage, 300, async (connection) => {
        for (let made = 0; made < 20; made++) connection.openStream(call("Hold"));
        await sleep(5);
      }),
  },
];
