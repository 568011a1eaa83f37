import { message } from "@tightwire/wire/internals/frames/raw-frame.test-support.js";
import type { HostileCase } from "../hostile-case.js";
import { call, MIB } from "./requests.js";

/** Requests of Measure that no reader may take. Source: https://protobuf.dev/programming-guides/encoding/ */
const MALFORMED: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["a tag of field 0", Buffer.of(0x02, 0x00)],
  ["the tag 0", Buffer.of(0x00)],
  ["a group's end without its start", Buffer.of(0x0c)],
  ["a nested length past its parent's end", Buffer.of(0x12, 0x02, 0x0a, 0x7f)],
  ["half a varint", Buffer.of(0x08, 0x80)],
  ["a length past the end", Buffer.of(0x0a, 0x7f, 0x00)],
  ["a group without its end", Buffer.of(0x2b, 0x08, 0x01)],
  [
    "a tag of ten bytes",
    Buffer.of(0x8a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00),
  ],
  ["a wire type that there is not", Buffer.of(0x0e, 0x00)],
];

export const BYTE_CASES: readonly HostileCase[] = [
  {
    name: "truncated-protobuf",
    does: `sends ${MALFORMED.length} requests that are no protobuf, again and again`,
    points: [24],
    limit: "none: each call fails",
    heldBytes: 8 * MIB,
    wrongStatuses: ["0"],
    async attack(stage) {
      const connection = await stage.connect();
      while (stage.goesOn() && connection.open) {
        for (const [what, bytes] of MALFORMED) {
          const id = connection.openStream(call("Measure"));
          await connection.upload(id, message(bytes), stage.deadline, true);
          const end = await connection.ended(id, stage.deadline);
          if (end !== undefined && "status" in end && end.status === "0")
            stage.fault(`takes ${what}`);
        }
      }
    },
  },
];
