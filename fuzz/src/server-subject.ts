import { type Acceptor, type Clock, type OpenedCall, StatusNumber } from "@tightwire/core/runtime";
import { createRandom, mixSeeds } from "@tightwire/testing";
import { ServerSession } from "@tightwire/wire/internals/server/server-session.js";
import type { Faults } from "./faults.js";
import { fuzzLimits, PLAIN_MESSAGE_BYTES } from "./fuzz-limits.js";
import type { MemoryTransport } from "./memory-transport.js";
import type { OutputCheck } from "./output-check.js";
import { ServedCall } from "./served-call.js";
import type { SessionSubject } from "./session-subject.js";
import { heldAtRest, type Ledger, watchSession } from "./watched-session.js";

/** A server's session and handlers that a seed made up. */
export function createServerSubject(
  seed: number,
  transport: MemoryTransport,
  check: OutputCheck,
  faults: Faults,
  clock: Clock,
): SessionSubject {
  const random = createRandom(seed);
  const meddles = seed !== 0 && random.chance(30);
  const calls: ServedCall[] = [];
  let ends = 0;

  function meddle(): void {
    if (meddles && random.chance(5)) act(random.below(0x7fff_ffff));
  }
  const acceptor: Acceptor = {
    clock,
    random: createRandom(seed),
    report: (thrown) => faults.note(`the engine threw: ${String(thrown)}`),
    maxMessageBytes:
      seed === 0 ? PLAIN_MESSAGE_BYTES : random.pick([PLAIN_MESSAGE_BYTES, 70_000, 100]),
    open(call): OpenedCall {
      meddle();
      if (seed !== 0 && random.chance(5))
        return {
          kind: "refused",
          status: { code: StatusNumber.UNAUTHENTICATED, message: "not you", trailers: undefined },
        };
      const served = new ServedCall(
        call,
        seed === 0 ? 0 : mixSeeds(seed, calls.length),
        faults,
        meddle,
        clock,
      );
      calls.push(served);
      return served;
    },
  };
  const options = {
    clock,
    random: createRandom(seed),
    limits: fuzzLimits(random, seed),
    maxMessageBytes: acceptor.maxMessageBytes,
    keepaliveMs: random.pick([Number.POSITIVE_INFINITY, 3_000]),
    keepaliveTimeoutMs: 2_000,
    maxIdleMs: random.pick([Number.POSITIVE_INFINITY, 5_000]),
    maxAgeMs: Number.POSITIVE_INFINITY,
    maxAgeGraceMs: Number.POSITIVE_INFINITY,
  };
  const session = new ServerSession(
    transport,
    options,
    { kind: "network", address: "127.0.0.1:1" },
    {
      acceptor,
      limitActed() {},
      sessionClosed: () => void (++ends > 1 && faults.note("the session ended twice")),
    },
  );
  const ledger: Ledger = { faults, check };
  watchSession(session.session, ledger);

  function act(number: number): void {
    const choice = createRandom(number);
    const live = calls.filter((call) => call.live);
    const one = live[choice.below(Math.max(live.length, 1))];
    switch (choice.below(12)) {
      case 0:
        return session.drain();
      case 1:
        return choice.chance(30)
          ? session.close({ code: StatusNumber.UNAVAILABLE, message: "the fuzzer closed it" })
          : undefined;
      case 2:
        transport.slow = !transport.slow;
        return;
      case 3:
      case 4:
        return one?.finish(choice.below(17));
      default:
        return one?.prod();
    }
  }

  return {
    get over() {
      return session.session.closed;
    },
    receive: (bytes) =>
      transport.lend(bytes, {
        receive: (lent) => session.receive(lent),
        get hasReadAll() {
          return session.session.account.unparsed === 0;
        },
      }),
    lost: () => session.transportClosed("the fuzzer is gone"),
    close: () => session.close({ code: StatusNumber.UNAVAILABLE, message: "the fuzzer closed it" }),
    act,
    begin() {},
    auditRest() {
      if (session.session.closed || session.session.streams.size > 0) return;
      auditCounters(heldAtRest(session.session), faults);
    },
    auditEnd() {
      for (const call of calls) call.audit();
      if (!session.session.closed) faults.note("the session did not end");
      if (ends !== 1) faults.note(`the session ended ${ends} times`);
      auditCounters(
        {
          held: session.session.account.heldBytes,
          unread: session.session.credit.unreadBytes,
          streams: session.session.streams.size,
          active: session.active,
        },
        faults,
      );
    },
    get log() {
      return calls.flatMap((call, number) => call.log.map((line) => `${number} ${line}`));
    },
  };
}

/** Notes each counter that is not 0. */
export function auditCounters(counters: Readonly<Record<string, number>>, faults: Faults): void {
  for (const [name, count] of Object.entries(counters))
    if (count !== 0) faults.note(`with no stream left "${name}" is ${count}`);
}
