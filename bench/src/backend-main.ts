// The server behind a proxy that is measured; see `backend.ts`.
import { createServer } from "@tightwire/server";
import { RestService } from "./gen/rest/bench/rest/v1/rest.service.js";
import { restHandlers } from "./rest-service.js";

const { address } = await createServer().add(RestService, restHandlers).listen("127.0.0.1:0");
process.send?.(address);
process.on("disconnect", () => process.exit(0));
// The terminal sends it to the whole group.
process.on("SIGINT", () => {});
