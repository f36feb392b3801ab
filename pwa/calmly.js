const PAUSE = 150;
const SHARE = 9;

/**
 * The same work for many occasions in a row: at once for the first of them, then some times a
 * second, and the more seldom the longer it takes: a run over a full outbox changes rows faster than
 * anybody can read, and telling of it must not slow it down.
 */
export function calmly(work) {
  let resting = false;
  let wanted = false;
  return async function turn() {
    wanted = resting;
    if (resting) return;
    resting = true;
    const start = performance.now();
    try {
      await work();
    } finally {
      setTimeout(() => {
        resting = false;
        if (wanted) turn();
      }, Math.max(PAUSE, SHARE * (performance.now() - start)));
    }
  };
}
