import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { errorName } from "@tightwire/wire/internals/frames/protocol.js";
import type { AttackReport } from "./attack-report.js";
import type { HostileCase, Stage } from "./hostile-case.js";
import { RawConnection } from "./peer/raw-connection.js";

/** Whom to attack, and with how many. */
export interface AttackOptions {
  readonly plaintext: string;
  readonly tls: string;
  /** The server's certificate, a PEM file. */
  readonly certificate: string;
  readonly overTls: boolean;
  readonly attackers: number;
  readonly seconds: number;
}

const CONNECT_TIMEOUT_MS = 2_000;
/** A case that does not end by itself is left behind so long after its time. */
const GRACE_MS = 1_000;
const POLL_MS = 20;
const CONCLUDE_MS = 150;

/** Runs a case with all its attackers, and counts what came of it. */
export class Attack {
  readonly #case: HostileCase;
  readonly #options: AttackOptions;
  readonly #connections: RawConnection[] = [];
  readonly #sockets: Socket[] = [];
  readonly #faults = new Set<string>();
  #seconds = 0;

  constructor(hostile: HostileCase, options: AttackOptions) {
    this.#case = hostile;
    this.#options = options;
  }

  async run(): Promise<AttackReport> {
    const { attackers, seconds } = this.#options;
    const began = performance.now();
    const deadline = began + seconds * 1_000;
    const all = Array.from({ length: attackers }, (_, attacker) =>
      this.#case
        .attack(this.#stage(attacker, deadline))
        // A server that takes no connection any more is told by the report, too.
        .catch((error: Error) => void this.#faults.add(`attacker: ${error.message}`)),
    );
    await Promise.race([
      Promise.all(all).then(() => this.#untilOver(deadline)),
      sleep(seconds * 1_000 + GRACE_MS, undefined, { ref: false }),
    ]);
    this.#seconds = (performance.now() - began) / 1_000;
    return this.#report();
  }

  /** Reads what was left unread, so that ends are seen that came behind it, and reports again. */
  async conclude(): Promise<AttackReport> {
    for (const { socket } of this.#connections) socket.resume();
    await sleep(CONCLUDE_MS);
    return this.#report();
  }

  /** Leaves what was done to the server as it is, until the time is over or nobody is connected. */
  async #untilOver(deadline: number): Promise<void> {
    const open = (): boolean =>
      this.#connections.some((one) => one.open) ||
      this.#sockets.some((one) => endOf(one) === "open");
    while (open() && performance.now() < deadline) await sleep(POLL_MS);
  }

  #stage(attacker: number, deadline: number): Stage {
    return {
      attacker,
      attackers: this.#options.attackers,
      deadline,
      goesOn: () => performance.now() < deadline,
      connect: async (settings) => {
        const connection = await this.#connect();
        await connection.greet(settings);
        return connection;
      },
      connectSilently: () => this.#connect(),
      connectTcp: async () => {
        const socket = await this.#tcp(this.#address());
        this.#sockets.push(socket);
        return socket;
      },
      fault: (what) => void this.#faults.add(what),
    };
  }

  #address(): string {
    return this.#options.overTls ? this.#options.tls : this.#options.plaintext;
  }

  async #connect(): Promise<RawConnection> {
    const plain = await this.#tcp(this.#address());
    const socket = this.#options.overTls ? await this.#secure(plain) : plain;
    const connection = new RawConnection(socket);
    this.#connections.push(connection);
    return connection;
  }

  async #tcp(address: string): Promise<Socket> {
    const at = address.lastIndexOf(":");
    const socket = connect(Number(address.slice(at + 1)), address.slice(0, at)).setNoDelay(true);
    socket.on("error", () => {});
    await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return socket;
  }

  async #secure(socket: Socket): Promise<Socket> {
    const ca = readFileSync(this.#options.certificate);
    const secured = connectTls({ socket, ca, ALPNProtocols: ["h2"], host: "127.0.0.1" });
    await once(secured, "secureConnect", { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return secured;
  }

  #report(): AttackReport {
    const ends = [...this.#connections.map(({ end }) => end), ...this.#sockets.map(endOf)];
    const streams = this.#connections.flatMap((one) => [...one.ends.values()]);
    const sum = (of: (one: RawConnection) => number): number =>
      this.#connections.reduce((total, one) => total + of(one), 0);
    const statuses = count(streams.flatMap((end) => ("status" in end ? [end.status] : [])));
    const wrong = (this.#case.wrongStatuses ?? [])
      .filter((status) => statuses[status] !== undefined)
      .map((status) => `${statuses[status]} calls got the wrong status ${status}`);
    return {
      connections: ends.length,
      open: ends.filter((end) => end === "open").length,
      ends: count(ends),
      goaways: count(
        this.#connections.flatMap(({ goawayCode }) =>
          goawayCode === undefined ? [] : [errorName(goawayCode)],
        ),
      ),
      statuses,
      resets: count(
        streams.flatMap((end) => ("resetCode" in end ? [errorName(end.resetCode)] : [])),
      ),
      sentBytes: sum(({ sentBytes }) => sentBytes),
      receivedBytes: sum(({ receivedBytes }) => receivedBytes),
      seconds: this.#seconds,
      faults: [...this.#faults, ...wrong],
    };
  }
}

/** A socket that the attacker ended should not be held any more: it is not open. */
function endOf(socket: Socket): "open" | "unanswered" | "closed" {
  if (socket.destroyed || socket.readableEnded) return "closed";
  return socket.writableEnded ? "unanswered" : "open";
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
