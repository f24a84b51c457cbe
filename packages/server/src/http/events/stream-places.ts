/** Bound on the streams of events that a server has open. */
export interface StreamPlaces {
  /** Takes a place; returns the function that gives it back, which may be called again, or null when there is none. */
  take(): (() => void) | null;
}

/** Makes as many places as there may be streams. `onChange` is called with the number of streams, at first with none. */
export function createStreamPlaces(max: number, onChange: (open: number) => void): StreamPlaces {
  let open = 0;
  onChange(open);
  return {
    take() {
      if (open >= max) return null;
      open += 1;
      onChange(open);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        open -= 1;
        onChange(open);
      };
    },
  };
}
