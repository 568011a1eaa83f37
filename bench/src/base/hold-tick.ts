// Loaded with `--import` by every child of a comparison, before anything else.
//
// `process.nextTick` builds its queue entry as a literal with computed keys. V8 notes the hidden
// class it had before each of them, but only weakly: when a full collection runs while modules are
// being loaded, and no entry is alive, the class is gone, the next entry gets another one, and
// `nextTick` stays about ten times slower until the process ends (Node.js 24.21: 25 % of the
// processor time of a client of grpc-js). Whether it happens depends on where the collection falls,
// so that builds would be compared by luck. One entry that stays alive keeps the class.
import { createHook } from "node:async_hooks";

const held: object[] = [];
const hook = createHook({
  init(_id, type, _trigger, entry) {
    if (type === "TickObject") held.push(entry);
  },
}).enable();
process.nextTick(() => {});
process.nextTick(() => {}, "with arguments");
hook.disable();
process.on("exit", () => {
  if (held.length < 2) console.error("bench: Node.js no longer shows the entries of nextTick");
});
