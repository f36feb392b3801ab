/**
 * Several things at once; resolves to what each of them came to. All have come to their end before a
 * failure of one is thrown: nothing goes on behind the back of whoever waits.
 */
export async function sideBySide(works) {
  const ends = await Promise.allSettled(works.map((work) => work()));
  const broken = ends.find(({ status }) => status === "rejected");
  if (broken) throw broken.reason;
  return ends.map(({ value }) => value);
}
