import type { Connection, Status } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { type ConnectorEvent, type ConnectorState, transition } from "./connector-state.js";

const one = { responded: true } as Connection;
const silent = { responded: false } as Connection;
const other = { responded: true } as Connection;
const failure: Status = { code: 14, message: "refused" };

const idle: ConnectorState = { kind: "idle" };
const connecting: ConnectorState = { kind: "connecting", failures: 2 };
const ready: ConnectorState = { kind: "ready", connection: one, failures: 2 };
const unproved: ConnectorState = { kind: "ready", connection: silent, failures: 2 };
const delayed: ConnectorState = { kind: "delayed", failures: 3, retryAt: 100 };
const backoff: ConnectorState = { kind: "backoff", failures: 3, retryAt: 100, failure };
const closed: ConnectorState = { kind: "closed" };

const needed: ConnectorEvent = { kind: "needed", now: 99 };
const neededLater: ConnectorEvent = { kind: "needed", now: 100 };
const connected: ConnectorEvent = { kind: "connected", connection: one };
const failed: ConnectorEvent = { kind: "failed", failure, retryAt: 100 };
const dropped: ConnectorEvent = { kind: "dropped", connection: one, retryAt: 100 };

test.each<[string, ConnectorState, ConnectorEvent, ConnectorState]>([
  ["idle connects when needed", idle, needed, { kind: "connecting", failures: 0 }],
  ["a round that succeeds is ready", connecting, connected, ready],
  ["a round that fails backs off, and counts", connecting, failed, backoff],
  [
    "backoff connects when needed, once its wait has passed",
    backoff,
    neededLater,
    { kind: "connecting", failures: 3 },
  ],
  [
    "delayed connects when needed, once the wait is over",
    delayed,
    neededLater,
    { kind: "connecting", failures: 3 },
  ],
  ["a connection that is dropped is forgotten, and the failures before it", ready, dropped, idle],
  [
    "a connection that is dropped before any response counts as a failure",
    unproved,
    { kind: "dropped", connection: silent, retryAt: 100 },
    delayed,
  ],
  ["the user closes idle", idle, { kind: "closed" }, closed],
  ["the user closes connecting", connecting, { kind: "closed" }, closed],
  ["the user closes ready", ready, { kind: "closed" }, closed],
  ["the user closes backoff", backoff, { kind: "closed" }, closed],
  ["the user closes delayed", delayed, { kind: "closed" }, closed],
])("%s", (_name, state, event, expected) => {
  expect(transition(state, event)).toEqual(expected);
});

test.each<[string, ConnectorState, ConnectorEvent]>([
  ["one round at a time", connecting, needed],
  ["ready is not needed", ready, needed],
  ["backoff waits", backoff, needed],
  ["delayed waits", delayed, needed],
  ["another connection is dropped", ready, { kind: "dropped", connection: other, retryAt: 100 }],
  ["a connection is dropped while the next one connects", connecting, dropped],
  ["closed stays closed: needed", closed, needed],
  ["closed stays closed: connected", closed, connected],
  ["closed stays closed: failed", closed, failed],
  ["closed stays closed: dropped", closed, dropped],
])("nothing changes: %s", (_name, state, event) => {
  expect(transition(state, event)).toBe(state);
});
