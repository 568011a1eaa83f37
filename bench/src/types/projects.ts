import { connectProject } from "./connect-project.js";
import { niceGrpcProject } from "./nice-grpc-project.js";
import type { Project } from "./project.js";
import { tightwireProject } from "./tightwire-project.js";

/** In the order of the table. */
export const PROJECTS: readonly Project[] = [tightwireProject, niceGrpcProject, connectProject];
