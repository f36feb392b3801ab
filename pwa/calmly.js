const PAUSE = 150;

/**
 * The same work for many occasions in a row: at once for the first of them, then some times a
 * second. A run over a full outbox changes rows faster than anybody can read.
 */
export function calmly(work) {
  let resting = false;
  let wanted = false;
  return async function turn() {
    wanted = resting;
    if (resting) return;
    resting = true;
    try {
      await work();
    } finally {
      setTimeout(() => {
        resting = false;
        if (wanted) turn();
      }, PAUSE);
    }
  };
}
