import { BYTE_CASES } from "./cases/bytes.js";
import { FLOOD_CASES } from "./cases/floods.js";
import { HEADER_CASES } from "./cases/headers.js";
import { MEMORY_CASES } from "./cases/memory.js";
import { RESPONSE_CASES } from "./cases/responses.js";
import { SLOW_CASES } from "./cases/slow.js";
import { STREAM_CASES } from "./cases/streams.js";
import type { HostileCase } from "./hostile-case.js";

/** All of them. */
export const CASES: readonly HostileCase[] = [
  ...MEMORY_CASES,
  ...RESPONSE_CASES,
  ...BYTE_CASES,
  ...HEADER_CASES,
  ...STREAM_CASES,
  ...FLOOD_CASES,
  ...SLOW_CASES,
];

/** A case by its name. Throws an Error that says where names are. */
export function findCase(name: string): HostileCase {
  const found = CASES.find((one) => one.name === name);
  if (found === undefined)
    throw new Error(`no case is called ${JSON.stringify(name)}; --list names those that there are`);
  return found;
}
