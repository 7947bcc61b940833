/**
 * The arithmetic of exact search in 128-bit SIMD, written in AssemblyScript (https://www.assemblyscript.org).
 *
 * Addresses are bytes in the memory the caller brings. There is no bounds check.
 */

/**
 * The inner product of a question with every row of a table of bytes.
 *
 * @param codes int8 [count, width]; `width` is a multiple of 16.
 * @param query int16 [width], small enough that no product overflows 32 bits.
 * @param out int32 [count].
 */
export function scan(codes: usize, query: usize, out: usize, count: i32, width: i32): void {
  const end = out + ((<usize>count) << 2);
  const rowEnd = query + ((<usize>width) << 1);
  while (out < end) {
    let low = i32x4.splat(0);
    let high = i32x4.splat(0);
    for (let at = query; at < rowEnd; at += 32) {
      const row = v128.load(codes);
      low = i32x4.add(low, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(row), v128.load(at)));
      high = i32x4.add(high, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_s(row), v128.load(at, 16)));
      codes += 16;
    }
    const sum = i32x4.add(low, high);
    const both = i32x4.add(sum, i32x4.shuffle(sum, sum, 2, 3, 0, 1));
    store<i32>(out, i32x4.extract_lane(both, 0) + i32x4.extract_lane(both, 1));
    out += 4;
  }
}
