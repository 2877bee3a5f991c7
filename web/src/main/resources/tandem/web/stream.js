// Server-sent events.

const RETRY_MILLIS = 1500;

/**
 * Listens to a path until the function that is returned is called. `handlers` has a function for each type of event;
 * `opened` is told that the stream starts, from its beginning or, after a short break, where it was (`resumed`);
 * `lost` that it broke; `refused` that the server ended it and there is nothing to come.
 *
 * A browser keeps only six connections to a server, for all its windows: a hidden page gives its own back.
 */
export function stream(path, handlers, { opened = () => {}, lost = () => {}, refused = null } = {}) {
  let source = null;
  let timer = 0;

  function open() {
    source = new EventSource(path);
    let before = false;
    source.onopen = () => {
      opened(before);
      before = true;
    };
    source.onerror = () => {
      const given = source.readyState === EventSource.CLOSED;
      if (given && refused) return refused();
      lost();
      // EventSource tries again by itself, but not after an answer that was an error.
      if (given) timer = setTimeout(reopen, RETRY_MILLIS);
    };
    for (const [type, handle] of Object.entries(handlers)) {
      source.addEventListener(type, event => handle(JSON.parse(event.data)));
    }
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function reopen() {
    close();
    open();
  }

  function visibility() {
    if (document.hidden) close();
    else if (!source) open();
  }

  document.addEventListener("visibilitychange", visibility);
  if (!document.hidden) open();
  return () => {
    document.removeEventListener("visibilitychange", visibility);
    close();
  };
}
