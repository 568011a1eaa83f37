import { type Interceptor, RpcError } from "@tightwire/core";
import { errorCode } from "../start-error.js";

/**
 * Failed connections, a server that shuts down, and one without a free connection (SQLSTATE classes
 * 08, 57P and 53300).
 */
const OUTAGE =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|08...|57P..|53300)$/;
/** Errors to which pg gives no code. */
const OUTAGE_TEXT =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * An interceptor that finishes a call with UNAVAILABLE instead of INTERNAL when its handler failed
 * because the database cannot be reached. Server side.
 */
export const outageAsUnavailable: Interceptor = (next) => async (call) => {
  try {
    return await next(call);
  } catch (error) {
    if (isOutage(error))
      throw new RpcError("unavailable", "the database does not respond", { cause: error });
    throw error;
  }
};

function isOutage(error: unknown): boolean {
  if (error instanceof RpcError || !(error instanceof Error)) return false;
  return OUTAGE.test(errorCode(error) ?? "") || OUTAGE_TEXT.test(error.message);
}
