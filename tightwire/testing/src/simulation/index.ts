export type { Fault, FaultKind, FaultOptions } from "./fault.js";
export type {
  Boot,
  SimulatedChannelOptions,
  SimulatedHost,
  SimulatedProcess,
} from "./host.js";
export type { Link, LinkSettings } from "./link.js";
export type { SimulationOptions } from "./simulate.js";
export { SimulationError, simulate } from "./simulate.js";
export type { World } from "./world.js";
