type Listener = () => void;

/** The listeners of each signal. */
const waiting = new WeakMap<AbortSignal, Set<Listener>>();

/**
 * Calls `listener` once when `signal` aborts; returns a function that removes it. All calls share
 * one listener on the signal, which is there only while a call waits: Node warns of a leak when a
 * signal has more than ten.
 */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  const listeners = waiting.get(signal) ?? wait(signal);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) stop(signal);
  };
}

function wait(signal: AbortSignal): Set<Listener> {
  const listeners = new Set<Listener>();
  waiting.set(signal, listeners);
  signal.addEventListener("abort", aborted);
  return listeners;
}

function stop(signal: AbortSignal): void {
  waiting.delete(signal);
  signal.removeEventListener("abort", aborted);
}

function aborted(event: Event): void {
  const signal = event.target as AbortSignal;
  const listeners = [...(waiting.get(signal) ?? [])];
  stop(signal);
  for (const listener of listeners) listener();
}
