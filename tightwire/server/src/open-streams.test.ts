import { SHUTTING_DOWN } from "@tightwire/core/runtime";
import { expect, test } from "vitest";
import { OpenStreams } from "./open-streams.js";

test("tells the streams that are open, and those that are opened while the server drains", () => {
  const log: string[] = [];
  const stream = (name: string) => ({
    drain: () => void log.push(`${name} drains`),
    finishEarly: () => void log.push(`${name} finished`),
  });
  const streams = new OpenStreams();
  const [open, closed, late] = [stream("open"), stream("closed"), stream("late")];
  streams.add(open);
  streams.add(closed);
  streams.delete(closed);
  streams.drain();
  streams.add(late);
  expect(log).toEqual(["open drains", "late drains"]);
  streams.delete(open);
  streams.finish(SHUTTING_DOWN);
  expect(log.slice(2)).toEqual(["late finished"]);
});
