import { implement } from "@tightwire/server";
import { type RestHandlers, RestService } from "./gen/rest/bench/rest/v1/rest.service.js";
import { handlers } from "./handlers.js";

/** The bench service as gateways serve it. */
export const restHandlers: RestHandlers = implement(RestService, {
  get: handlers.get,
  list: handlers.list,
  watch: handlers.watch,
});
