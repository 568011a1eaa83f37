/** A bug that is planted to see that the simulation finds it. */
export interface PlantedBug {
  readonly name: string;
  /** The built file, from the root of the repository. */
  readonly file: string;
  /** What is replaced there, which must occur; and by what. */
  readonly find: string;
  readonly replace: string;
}

const ENDPOINTS = "tightwire/client/dist/endpoints";

/** Each is found within some hundred seeds. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "a connection that is lost is not made again",
    file: `${ENDPOINTS}/managed-endpoint.js`,
    find: "if (lost)\n            this.seek();",
    replace: "",
  },
  {
    name: "connecting is not tried again once it failed",
    file: `${ENDPOINTS}/managed-endpoint.js`,
    find: "() => this.#seekLater()",
    replace: "() => {}",
  },
  {
    name: "more than half of the endpoints are set aside",
    file: `${ENDPOINTS}/standing.js`,
    find: "failures >= FAILURES && maySetAside",
    replace: "failures >= FAILURES",
  },
  {
    name: "an endpoint is set aside for ever",
    file: `${ENDPOINTS}/verdicts.js`,
    find: 'if (endpoint.standing.kind === "aside")',
    replace: "if (false)",
  },
  {
    name: "an endpoint whose probe succeeded takes no calls",
    file: `${ENDPOINTS}/verdicts.js`,
    find: "endpoint.standing = afterSuccess(standing);",
    replace: "return;",
  },
  {
    name: "a name is looked up once",
    file: "tightwire/client/dist/resolver/endpoint-source.js",
    find: "#refresh() {",
    replace: "#refresh() { if (this.#everFound) return;",
  },
  {
    name: "an endpoint that left its name is never used again",
    file: `${ENDPOINTS}/endpoint-pool.js`,
    find: "this.all.delete(key);",
    replace: "",
  },
  {
    name: "a dead connection is not suspected",
    file: "tightwire/wire/dist/client/suspicion.js",
    find: "if (!this.#suspects)\n            this.#check();",
    replace: "",
  },
  {
    name: "a call is sent again although it may have been run",
    file: "tightwire/client/dist/call/run.js",
    find: 'completion.outcome === "not-processed" &&',
    replace: "",
  },
  {
    name: "a channel that is closed keeps its connections",
    file: `${ENDPOINTS}/managed-endpoint.js`,
    find: "return this.#connector.close(graceMs);",
    replace: "return Promise.resolve();",
  },
];
