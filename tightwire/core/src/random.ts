/**
 * Chance: jitter, choices between endpoints, ids of errors. All packages take it from here, so that
 * tests can repeat a run from its seed. Production uses {@link systemRandom}.
 */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** So many random bytes as hexadecimal digits. Not for secrets. */
  hex(bytes: number): string;
}

/** The generator of the runtime. */
export const systemRandom: Random = {
  next: () => Math.random(),
  hex(bytes) {
    let digits = "";
    while (digits.length < bytes * 2) {
      digits += Math.floor(Math.random() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, "0");
    }
    return digits.slice(0, bytes * 2);
  },
};
