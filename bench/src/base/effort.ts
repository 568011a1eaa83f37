/** Rounds of each case to begin with. */
export const BASE_ROUNDS = 30;
/** Rounds that share their processes; the next ones get fresh processes. */
export const ROUNDS_PER_BLOCK = 10;
/** Length of a window. */
export const BASE_SECONDS = 0.3;
/** How long each build runs a case first in each block, unmeasured. */
export const BASE_WARM_UP_SECONDS = 2.5;
/** Undecided cases get no more rounds after so many minutes. */
export const BASE_MINUTES = 12;
