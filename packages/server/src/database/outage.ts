import { type Interceptor, RpcError } from "@tightwire/core";
import { errorCode } from "../start-error.js";

/**
 * Lost connections, and the server's own words for shutting down and for having no connection left
 * (SQLSTATE classes 08, 57P and 53300).
 */
const OUTAGE =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|08...|57P..|53300)$/;
/** pg gives these no code. */
const OUTAGE_TEXT =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/**
 * Answers UNAVAILABLE instead of INTERNAL when a handler failed because its database cannot be
 * reached. Server side.
 */
export const answerOutage: Interceptor = (next) => async (call) => {
  try {
    return await next(call);
  } catch (error) {
    if (isOutage(error))
      throw new RpcError("unavailable", "the database does not answer", { cause: error });
    throw error;
  }
};

function isOutage(error: unknown): boolean {
  if (error instanceof RpcError || !(error instanceof Error)) return false;
  return OUTAGE.test(errorCode(error) ?? "") || OUTAGE_TEXT.test(error.message);
}
