import { Metadata } from "@tightwire/core";
import { type Clock, type OutgoingCall, StatusNumber } from "@tightwire/core/runtime";
import { createRandom, mixSeeds } from "@tightwire/testing";
import { ClientSession } from "@tightwire/wire/internals/client/client-session.js";
import type { Faults } from "./faults.js";
import { fuzzLimits, PLAIN_MESSAGE_BYTES } from "./fuzz-limits.js";
import type { CallKind } from "./input.js";
import { MadeCall } from "./made-call.js";
import type { MemoryTransport } from "./memory-transport.js";
import type { OutputCheck } from "./output-check.js";
import { auditCounters } from "./server-subject.js";
import type { SessionSubject } from "./session-subject.js";
import { heldAtRest, type Ledger, watchSession } from "./watched-session.js";

const KINDS: readonly CallKind[] = ["unary", "clientStream", "serverStream", "bidiStream"];
/** More calls are not begun by what calls bring about. */
const MAX_CALLS = 60;
const LAST_STREAM_IDS = 0x7fff_fff5;

/** A client's session and calls that a seed made up. */
export function createClientSubject(
  seed: number,
  transport: MemoryTransport,
  check: OutputCheck,
  faults: Faults,
  clock: Clock,
): SessionSubject {
  const random = createRandom(seed);
  const meddles = seed !== 0 && random.chance(30);
  const calls: MadeCall[] = [];
  let closes = 0;
  const options = {
    clock,
    random: createRandom(seed),
    limits: fuzzLimits(random, seed),
    maxMessageBytes:
      seed === 0 ? PLAIN_MESSAGE_BYTES : random.pick([PLAIN_MESSAGE_BYTES, 70_000, 100]),
    keepaliveMs: random.pick([Number.POSITIVE_INFINITY, 3_000]),
    keepaliveTimeoutMs: 2_000,
    scheme: "http" as const,
    pingTimeoutMs: 5_000,
    report: (thrown: unknown) => faults.note(`the engine threw: ${String(thrown)}`),
    authority: "localhost",
    firstStreamId: seed !== 0 && random.chance(2) ? LAST_STREAM_IDS : 1,
  };
  const session = new ClientSession(transport, options, {
    ready() {},
    state: (state) =>
      void (state === "closed" && ++closes > 1 && faults.note("the session closed twice")),
    busy() {},
    tooManyPings() {},
  });
  const ledger: Ledger = { faults, check };
  watchSession(session.session, ledger);

  function meddle(): void {
    if (meddles && random.chance(8)) act(random.below(0x7fff_ffff));
  }
  function makeCall(kind: CallKind): void {
    if (calls.length >= MAX_CALLS) return;
    const made = new MadeCall(kind, seed === 0 ? 0 : mixSeeds(seed, calls.length), faults, meddle);
    const call: OutgoingCall = {
      path: `/fuzz.Fuzz/${kind}`,
      metadata: new Metadata(
        seed !== 0 && random.chance(30)
          ? { "x-fuzz": "f".repeat(random.size(20_000)), "x-bin": random.bytes(9) }
          : {},
      ),
      deadline:
        seed !== 0 && random.chance(30)
          ? clock.now() + random.below(5_000)
          : Number.POSITIVE_INFINITY,
      compress: seed !== 0 && random.chance(30),
      previousAttempts: 0,
    };
    calls.push(made);
    made.began(
      kind === "unary"
        ? session.unary(call, made.requestMessage(), made)
        : session.stream(call, made),
    );
  }
  function act(number: number): void {
    const choice = createRandom(number);
    const live = calls.filter((call) => call.live);
    const one = live[choice.below(Math.max(live.length, 1))];
    switch (choice.below(12)) {
      case 0:
        if (choice.chance(20)) void session.close(0);
        return;
      case 1:
      case 2:
        return one?.cancel();
      case 3:
        transport.slow = !transport.slow;
        return;
      case 4:
      case 5:
      case 6:
        return makeCall(choice.pick(KINDS));
      default:
        return one?.prod();
    }
  }

  return {
    get over() {
      return session.session.closed;
    },
    receive: (bytes) => session.receive(bytes),
    lost: () => session.transportClosed("the fuzzer is gone"),
    close: () => void session.close(0),
    act,
    begin: (kinds) => kinds.forEach(makeCall),
    auditRest() {
      if (session.session.closed || session.session.streams.size > 0) return;
      if (session.capacity > 0) auditCounters(heldAtRest(session.session), faults);
    },
    auditEnd() {
      for (const call of calls) call.audit();
      if (!session.session.closed) faults.note("the session did not end");
      if (closes !== 1) faults.note(`the session closed ${closes} times`);
      auditCounters(
        {
          held: session.session.account.heldBytes,
          unread: session.session.credit.unreadBytes,
          streams: session.session.streams.size,
        },
        faults,
      );
      if (session.capacity !== 0 || session.state !== "closed")
        faults.note(`the session is closed and ${session.state}`);
      if (closes === 1) auditAfterwards(session, StatusNumber.UNAVAILABLE, faults);
    },
    get log() {
      return calls.flatMap((call, number) => call.log.map((line) => `${number} ${line}`));
    },
  };
}

/** A session that is closed takes nothing more, and says so. */
function auditAfterwards(session: ClientSession, expected: number, faults: Faults): void {
  let code: number | undefined;
  const call: OutgoingCall = {
    path: "/a/b",
    metadata: new Metadata(),
    deadline: Number.POSITIVE_INFINITY,
    compress: false,
    previousAttempts: 0,
  };
  session.unary(call, Buffer.alloc(1), {
    finished: (end) => {
      code = end.code;
    },
  });
  if (code !== undefined)
    faults.note("a call on a closed session finished before its caller had it");
  queueMicrotask(() => {
    if (code !== expected) faults.note(`a call on a closed session finished with ${code}`);
  });
}
