export type { GrpcJsOptions } from "./transport.js";
export { grpcJs } from "./transport.js";
