import { implement } from "@tightwire/server";
import { type BenchHandlers, BenchService } from "./gen/tightwire/bench/v1/bench.service.js";
import { handlers } from "./handlers.js";

/** The bench service as Tightwire's servers take it, over whatever transport. */
export const tightwireHandlers: BenchHandlers = implement(BenchService, handlers);
