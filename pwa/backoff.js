const LONGEST = 300_000;

/** Milliseconds before attempt number `attempt` + 1: doubling, at most 5 minutes, half of it by
 * chance, so that a whole team coming up from a basement spreads out. */
export function backOff(attempt) {
  return Math.min(LONGEST, 1000 * 2 ** attempt) * (0.5 + Math.random() / 2);
}
