import { createVirtualClock, type VirtualClock } from "@tightwire/testing";
import { createClientSubject } from "./client-subject.js";
import { createFaults } from "./faults.js";
import type { Input, Step } from "./input.js";
import { MemoryTransport } from "./memory-transport.js";
import type { Outcome } from "./outcome.js";
import { OutputCheck } from "./output-check.js";
import { createServerSubject } from "./server-subject.js";
import type { SessionSubject } from "./session-subject.js";
import { withVirtualMicrotasks } from "./virtual-microtasks.js";

/** Longer than a handler runs on, and a session lingers. */
const AFTERWARDS_MS = 10_000;

/** Gives an input to a session and looks at all that came of it. */
export function runSession(input: Input): Outcome {
  const faults = createFaults();
  const check = new OutputCheck(input.target === "client", faults);
  const transport = new MemoryTransport(faults, (bytes) => check.push(bytes));
  let log: readonly string[] = [];
  try {
    const time = createVirtualClock();
    withVirtualMicrotasks(time, () => {
      const create = input.target === "client" ? createClientSubject : createServerSubject;
      const subject = create(input.seed, transport, check, faults, time);
      time.turn();
      subject.begin(input.calls);
      time.turn();
      for (const step of input.steps) take(step, subject, transport, time);
      bringToRest(transport, time);
      subject.auditRest();
      // Half of the sessions end by themselves, the others are cut off.
      if ((input.seed & 1) === 0) subject.lost();
      else subject.close();
      transport.takeAll();
      time.runUntilIdle();
      time.advance(AFTERWARDS_MS);
      subject.auditEnd();
      time.runUntilIdle();
      if (time.timers > 0) faults.note(`${time.timers} timers are set and nothing is left`);
      check.end();
      log = subject.log;
    });
  } catch (error) {
    faults.note(`thrown: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return { faults: faults.found, log: [...log, ...check.said] };
}

function take(
  step: Step,
  subject: SessionSubject,
  transport: MemoryTransport,
  time: VirtualClock,
): void {
  switch (step.kind) {
    case "bytes":
      return subject.receive(step.bytes);
    case "turn":
      return void time.turn();
    case "advance":
      return time.advance(step.ms);
    case "written":
      return transport.takeAll();
    case "act":
      return subject.act(step.number);
    default:
  }
}

function bringToRest(transport: MemoryTransport, time: VirtualClock): void {
  transport.slow = false;
  transport.takeAll();
  time.runUntilIdle();
}
