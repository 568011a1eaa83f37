export type { Gateway, GatewayOptions } from "./gateway.js";
export { createGateway } from "./gateway.js";
export type { CorsOptions } from "./http/cors.js";
export type { HttpListener } from "./http/listen.js";
export type { OpenApiDocument, OpenApiOptions } from "./openapi/document.js";
