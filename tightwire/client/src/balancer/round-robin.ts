import type { BalancerFactory } from "./balancer.js";

/** Each endpoint in turn, beginning with any. */
export const roundRobin: BalancerFactory = ({ random }) => {
  let turn = Math.floor(random.next() * 0x1_0000);
  return {
    pick(candidates) {
      turn = (turn + 1) % candidates.length;
      return candidates[turn] as (typeof candidates)[number];
    },
  };
};
