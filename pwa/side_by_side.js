/**
 * The same worker some times over. All have come to their end before a failure of one is thrown:
 * nothing goes on behind the back of whoever waits.
 */
export async function sideBySide(times, worker) {
  const ends = await Promise.allSettled(Array.from({ length: times }, worker));
  const broken = ends.find(({ status }) => status === "rejected");
  if (broken) throw broken.reason;
}
