import { setImmediate as nextTurn } from "node:timers/promises";
import type { Stage } from "../hostile-case.js";
import type { RawConnection } from "../peer/raw-connection.js";

/** Bytes that are written before what came is read. */
const PART_BYTES: number = 64 * 1024;

/**
 * Sends what `make` gives, as fast as the server takes it, until it was `count` times, the
 * connection ended or the time is over. Gives how many were sent.
 */
export async function flood(
  stage: Stage,
  connection: RawConnection,
  count: number,
  make: (at: number) => Buffer,
): Promise<number> {
  let sent = 0;
  while (sent < count && connection.open && stage.goesOn()) {
    const part: Buffer[] = [];
    for (let bytes = 0; bytes < PART_BYTES && sent < count; sent++) {
      const one = make(sent);
      part.push(one);
      bytes += one.length;
    }
    connection.write(Buffer.concat(part));
    await connection.drained(stage.deadline);
    await nextTurn();
  }
  return sent;
}

/** Connects, does something and closes, again and again, `count` times at most. */
export async function churn(
  stage: Stage,
  count: number,
  once: (connection: RawConnection, at: number) => void | Promise<void>,
): Promise<void> {
  for (let at = 0; at < count && stage.goesOn(); at++) {
    const connection = await stage.connect();
    await once(connection, at);
    connection.socket.destroy();
  }
}
