import { setTimeout as sleep } from "node:timers/promises";
import { settings, windowUpdate } from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import type { HostileCase, Stage } from "../hostile-case.js";
import { produceRequest, watchRequest } from "../peer/messages.js";
import type { RawConnection } from "../peer/raw-connection.js";
import { flood } from "./flood.js";
import {
  call,
  HELD_BYTES,
  INITIAL_WINDOW_SIZE,
  KIB,
  type Method,
  MIB,
  MOST_WINDOW,
} from "./requests.js";

const DEFAULT_WINDOW_BYTES = 65_535;

async function makeCalls(
  stage: Stage,
  connection: RawConnection,
  calls: number,
  method: Method,
  request: Buffer,
): Promise<void> {
  for (let made = 0; made < calls && connection.open && stage.goesOn(); made++) {
    const id = connection.openStream(call(method));
    await connection.upload(id, request, stage.deadline, true);
  }
}

/** A connection whose streams get this window, and all that the connection can have. */
async function connectWithWindow(stage: Stage, window: number): Promise<RawConnection> {
  const connection = await stage.connect(settings([INITIAL_WINDOW_SIZE, window]));
  connection.write(windowUpdate(0, MOST_WINDOW - DEFAULT_WINDOW_BYTES));
  return connection;
}

export const RESPONSE_CASES: readonly HostileCase[] = [
  {
    name: "zero-window-streams",
    does: "opens 300 response streams of 1 MiB messages with a window of 0",
    points: [28, 33],
    limit: "maxUnreadBytes",
    heldBytes: HELD_BYTES,
    attack: async (stage) =>
      makeCalls(stage, await connectWithWindow(stage, 0), 300, "Watch", watchRequest(8, MIB)),
  },
  {
    name: "zero-window-unary",
    does: "asks for 300 responses of 1 MiB with a window of 0",
    points: [28],
    limit: "maxUnreadBytes",
    heldBytes: HELD_BYTES,
    attack: async (stage) =>
      makeCalls(stage, await connectWithWindow(stage, 0), 300, "Produce", produceRequest(MIB)),
  },
  {
    name: "slow-reader",
    does: "asks for 300 responses of 1 MiB with open windows and reads 64 KiB every 50 ms",
    points: [27, 28],
    limit: "maxUnreadBytes",
    heldBytes: HELD_BYTES,
    seconds: 3,
    async attack(stage) {
      const connection = await connectWithWindow(stage, MOST_WINDOW);
      connection.socket.pause();
      // A resumed socket reads until it is paused again, which is after its next event.
      connection.socket.on("data", () => connection.socket.pause());
      await makeCalls(stage, connection, 300, "Produce", produceRequest(MIB));
      while (stage.goesOn() && connection.open) {
        connection.socket.resume();
        await sleep(50);
      }
    },
  },
  {
    name: "no-reader",
    does: "asks for 300 streams of 1 MiB messages with open windows and reads nothing",
    points: [27, 28],
    limit: "maxUnreadBytes",
    heldBytes: HELD_BYTES,
    async attack(stage) {
      const connection = await connectWithWindow(stage, MOST_WINDOW);
      connection.socket.pause();
      await makeCalls(stage, connection, 300, "Watch", watchRequest(8, MIB));
    },
  },
  {
    name: "tiny-windows",
    does: "takes 100 responses of 64 KiB byte by byte, with WINDOW_UPDATEs of 1 (CVE-2019-9511, 9517)",
    points: [27],
    limit: "maxTinyFramesPerSecond",
    heldBytes: 8 * MIB,
    async attack(stage) {
      const connection = await connectWithWindow(stage, 1);
      await makeCalls(stage, connection, 100, "Produce", produceRequest(64 * KIB));
      await flood(stage, connection, 1_000_000, (at) => windowUpdate((at % 100) * 2 + 1, 1));
    },
  },
  {
    name: "window-churn",
    does: "changes the window of 900 open streams 2,700 times in each SETTINGS",
    points: [12, 15],
    limit: "maxSettingsPerSecond",
    heldBytes: 8 * MIB, // 900 calls with their handlers
    async attack(stage) {
      const connection = await stage.connect();
      for (let opened = 0; opened < 900; opened++) connection.openStream(call("Hold"));
      const churning = settings(
        ...Array.from({ length: 2_700 }, (_, at) => [INITIAL_WINDOW_SIZE, at % 2] as const),
      );
      while (stage.goesOn() && connection.open) {
        connection.write(churning);
        await sleep(120);
      }
    },
  },
];
