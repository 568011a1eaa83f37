/**
 * The standard details of errors: `google.rpc.*`, for `detail()` and `RpcError.detail()`. Source:
 * google/rpc/error_details.proto.
 */
export {
  BadRequest,
  DebugInfo,
  ErrorInfo,
  Help,
  LocalizedMessage,
  PreconditionFailure,
  QuotaFailure,
  RequestInfo,
  ResourceInfo,
  RetryInfo,
} from "./gen/google/rpc/error_details.js";
