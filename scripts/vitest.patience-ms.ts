/** How long a test waits for something that comes by itself, on a loaded machine too. Shorter than a test's time-out. */
export const PATIENCE_MS = 20_000;
