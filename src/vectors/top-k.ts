/**
 * The k best of many scores in one pass.
 * @module
 */

/**
 * The places of the `k` largest scores, in no particular order.
 * A binary heap with the smallest kept score on top: almost every score is turned away by one comparison.
 */
export function topPlaces(scores: Float32Array, k: number, allowed?: (place: number) => boolean): number[] {
  const heap: number[] = [];
  const score = (at: number) => scores[heap[at]!]!;
  const swap = (a: number, b: number) => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  // Kept in a variable: a process that asks one question ends before this loop is compiled.
  let floor = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < scores.length; place++) {
    if (scores[place]! <= floor) continue;
    if (allowed && !allowed(place)) continue;
    if (heap.length < k) {
      heap.push(place);
      for (let at = heap.length - 1; at > 0; ) {
        const parent = (at - 1) >> 1;
        if (score(parent) <= score(at)) break;
        swap(parent, at);
        at = parent;
      }
    } else {
      heap[0] = place;
      for (let at = 0; ; ) {
        const left = 2 * at + 1;
        const right = left + 1;
        let least = at;
        if (left < heap.length && score(left) < score(least)) least = left;
        if (right < heap.length && score(right) < score(least)) least = right;
        if (least === at) break;
        swap(least, at);
        at = least;
      }
    }
    if (heap.length === k) floor = score(0);
  }
  return heap;
}
