import {
  data,
  GOAWAY,
  goaway,
  headers,
  PADDED,
  PRIORITY,
  ping,
  rawFrame,
  reset,
  settings,
  uint32,
  windowUpdate,
} from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import type { HostileCase } from "../hostile-case.js";
import type { RawConnection } from "../peer/raw-connection.js";
import { flood } from "./flood.js";
import { call, MIB, SMALL_BYTES } from "./requests.js";

const MOST_FRAMES = 1_000_000;
/** A thousand open calls. */
const CALLS_BYTES: number = 16 * MIB;
const UNKNOWN_TYPE = 0xbe;

/** A connection with one open call, and frames on it without end. */
function floodOf(
  names: Pick<HostileCase, "name" | "does" | "points" | "limit">,
  make: (id: number, at: number, connection: RawConnection) => Buffer,
  { reads = true, heldBytes = SMALL_BYTES }: { reads?: boolean; heldBytes?: number } = {},
): HostileCase {
  return {
    ...names,
    heldBytes,
    async attack(stage) {
      const connection = await stage.connect();
      const id = connection.openStream(call("Hold"));
      if (!reads) connection.socket.pause();
      await flood(stage, connection, MOST_FRAMES, (at) => make(id, at, connection));
    },
  };
}

export const FLOOD_CASES: readonly HostileCase[] = [
  floodOf(
    {
      name: "ping-flood",
      does: "sends a million PINGs and reads the acknowledgements (CVE-2019-9512)",
      points: [27],
      limit: "maxPingsPerSecond",
    },
    () => ping(),
  ),
  floodOf(
    {
      name: "unread-pings",
      does: "sends a million PINGs and reads nothing",
      points: [27],
      limit: "maxUnreadControlBytes",
    },
    () => ping(),
    { reads: false },
  ),
  floodOf(
    {
      name: "settings-flood",
      does: "sends a million SETTINGS (CVE-2019-9515)",
      points: [15, 27],
      limit: "maxSettingsPerSecond",
    },
    () => settings(),
  ),
  floodOf(
    {
      name: "unread-settings",
      does: "sends a million SETTINGS and reads nothing",
      points: [15, 27],
      limit: "maxUnreadControlBytes",
    },
    () => settings([1, 0]),
    { reads: false },
  ),
  floodOf(
    {
      name: "empty-data",
      does: "sends a million DATA frames without bytes (CVE-2019-9518)",
      points: [24],
      limit: "maxEmptyDataPerSecond",
    },
    (id) => data(id),
  ),
  floodOf(
    {
      name: "padding-only",
      does: "sends a million DATA frames that hold nothing but padding",
      points: [11],
      limit: "maxEmptyDataPerSecond",
    },
    (id, _at, connection) => {
      if (connection.windows.of(id) < 2) return Buffer.alloc(0);
      connection.windows.sent(id, 2);
      return rawFrame(0, PADDED, id, Buffer.of(1, 0));
    },
  ),
  floodOf(
    {
      name: "window-update-flood",
      does: "sends a million WINDOW_UPDATEs of 1",
      points: [12],
      limit: "none: each adds to a window",
    },
    (id, at) => windowUpdate(at % 2 === 0 ? id : 0, 1),
  ),
  floodOf(
    {
      name: "priority-flood",
      does: "sends a million PRIORITY frames for as many streams (CVE-2019-9513)",
      points: [22],
      limit: "none: they are read over",
    },
    (_id, at) => rawFrame(PRIORITY, 0, at * 2 + 101, Buffer.from([0, 0, 0, 0, 16])),
  ),
  floodOf(
    {
      name: "unknown-frames",
      does: "sends a million frames of an unknown type",
      points: [21],
      limit: "none: they are read over",
    },
    (id) => rawFrame(UNKNOWN_TYPE, 0xff, id, Buffer.alloc(20)),
  ),
  floodOf(
    {
      name: "goaway-flood",
      does: "sends a million GOAWAYs with 100 bytes of text",
      points: [18],
      limit: "none: each is read once",
    },
    () => rawFrame(GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(0), Buffer.alloc(100)])),
  ),
  floodOf(
    {
      name: "goaway-and-calls",
      does: "says GOAWAY and opens calls all the same, up to 100,000",
      points: [18],
      limit: "maxConcurrentStreams",
    },
    (_id, at, connection) =>
      at === 0 ? goaway(0) : headers(connection.nextStreamId(), call("Hold")),
    { heldBytes: CALLS_BYTES },
  ),
  floodOf(
    {
      name: "resets-of-closed",
      does: "sends a million RST_STREAMs for a stream that it has reset",
      points: [16],
      limit: "maxResetsPerSecond",
    },
    (id) => reset(id),
  ),
  {
    name: "refused-streams",
    does: "opens 100,000 streams where 1,000 are allowed",
    points: [1, 15],
    limit: "maxConcurrentStreams",
    heldBytes: CALLS_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      const head = call("Hold");
      await flood(stage, connection, 100_000, () => headers(connection.nextStreamId(), head));
    },
  },
  {
    name: "unread-refusals",
    does: "opens 100,000 streams where 1,000 are allowed and reads nothing",
    points: [1, 27],
    limit: "maxUnreadControlBytes",
    heldBytes: CALLS_BYTES,
    async attack(stage) {
      const connection = await stage.connect();
      connection.socket.pause();
      const head = call("Hold");
      await flood(stage, connection, 100_000, () => headers(connection.nextStreamId(), head));
    },
  },
];
