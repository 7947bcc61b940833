/**
 * Work that is put off.
 * @module
 */

/** What is made when it is first asked for. */
export interface Lazy<T> {
  /** Makes it, or gives what was made. A failure is forgotten: whoever asks again has it tried again. */
  get(): Promise<T>;
  /** What was made, or is being made, if that succeeds; else undefined. */
  made(): Promise<T | undefined>;
}

/** Puts `make` off until its result is asked for. */
export function lazily<T>(make: () => Promise<T>): Lazy<T> {
  let making: Promise<T> | undefined;
  return {
    get() {
      making ??= make().catch((error: unknown) => {
        making = undefined;
        throw error;
      });
      return making;
    },
    made: async () => making?.catch(() => undefined),
  };
}
