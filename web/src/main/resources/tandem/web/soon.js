// Events come faster than anybody can look.

const MILLIS_BETWEEN = 120;

/** Runs the work soon after it was asked for, and once for all that asked meanwhile. */
export function soon(work) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => {
      timer = 0;
      work();
    }, MILLIS_BETWEEN);
  };
}
