// While a hand draws, answers to old drawings are of no use.

/**
 * Runs `work` for one argument at a time. Of the arguments that come meanwhile only the newest is kept, so a slow server
 * is never behind by more than one drawing.
 */
export function newest(work) {
  let busy = false;
  let waiting = null;
  return async function ask(argument) {
    if (busy) {
      waiting = { argument };
      return;
    }
    busy = true;
    try {
      await work(argument);
    } finally {
      busy = false;
    }
    if (waiting) {
      const next = waiting.argument;
      waiting = null;
      ask(next);
    }
  };
}
