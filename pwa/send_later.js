import { countUnsent } from "./queue.js";

/** What sends comes last of all, and before a network may be gone: see `drain`. */
export const sender = () => import("./drain.js");

/**
 * As `drain` of drain.js, but a phone that holds nothing does not fetch it unless a person asks.
 * Without network it may not be had: the next occasion tries again.
 */
export async function drain({ force = false } = {}) {
  if (!force && !(await countUnsent())) return undefined;
  const sending = await sender().catch(() => null);
  return sending?.drain({ force });
}
