/**
 * Half-precision numbers, which Node 20 has no array for. Vectors are kept in them: the cosine of two unit vectors
 * changes by less than 0.0001, and the catalog takes half the space.
 * @module
 */

/**
 * Float16 bits to float32 numbers. Both kinds keep sign, exponent and fraction in that order, so a half that is moved into
 * the place of a float is that number but for the difference of their exponents' zero points, 127 and 15.
 */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  const moved = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i++) {
    const half = bits[i]!;
    // All exponent bits set mean infinity or no number, here as there.
    const special = (half & 0x7c00) === 0x7c00 ? 0x7f800000 : 0;
    moved[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13) | special;
  }
  for (let i = 0; i < out.length; i++) out[i]! *= 2 ** 112;
  return out;
}

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** Float32 numbers to float16 bits, rounded to the nearest, ties to even. */
export function encodeFloat16(values: Float32Array): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    scratch[0] = values[i]!;
    const bits = scratchBits[0]!;
    const sign = (bits >>> 16) & 0x8000;
    const exponent = ((bits >>> 23) & 255) - 112;
    const fraction = bits & 0x7fffff;
    if (exponent >= 31) {
      // 143 is the exponent 255 of infinity and NaN after the shift above.
      out[i] = sign | 0x7c00 | (exponent === 143 && fraction ? 0x200 : 0);
    } else if (exponent > 0) {
      const half = (exponent << 10) | (fraction >>> 13);
      out[i] = sign | (half + roundUp(fraction & 0x1fff, 0x1000, half & 1));
    } else if (exponent > -11) {
      const whole = fraction | 0x800000;
      const shift = 14 - exponent;
      const half = whole >>> shift;
      out[i] = sign | (half + roundUp(whole & ((1 << shift) - 1), 1 << (shift - 1), half & 1));
    } else {
      out[i] = sign;
    }
  }
  return out;
}

function roundUp(rest: number, middle: number, odd: number): number {
  return rest > middle || (rest === middle && odd) ? 1 : 0;
}
