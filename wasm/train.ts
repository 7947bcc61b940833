/**
 * The arithmetic of training a table of piece vectors in 128-bit SIMD, written in AssemblyScript
 * (https://www.assemblyscript.org). All numbers are float32 unless said otherwise, rows follow each other without gaps,
 * and `width`, the length of a row, is a multiple of 16.
 *
 * Addresses are bytes in the memory the caller brings. There is no bounds check.
 */

/** out[i, j] = a[i] · b[j], for `m` rows of b; `m` is a multiple of 4. */
export function products(a: usize, b: usize, out: usize, n: i32, m: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (let i = 0; i < n; i++) {
    const row = a + <usize>i * bytes;
    let other = b;
    for (let j = 0; j < m; j += 4) {
      let s0 = f32x4.splat(0);
      let s1 = f32x4.splat(0);
      let s2 = f32x4.splat(0);
      let s3 = f32x4.splat(0);
      for (let at: usize = 0; at < bytes; at += 16) {
        const x = v128.load(row + at);
        const y = other + at;
        s0 = f32x4.add(s0, f32x4.mul(x, v128.load(y)));
        s1 = f32x4.add(s1, f32x4.mul(x, v128.load(y + bytes)));
        s2 = f32x4.add(s2, f32x4.mul(x, v128.load(y + 2 * bytes)));
        s3 = f32x4.add(s3, f32x4.mul(x, v128.load(y + 3 * bytes)));
      }
      const to = out + ((<usize>(i * m + j)) << 2);
      store<f32>(to, total(s0));
      store<f32>(to + 4, total(s1));
      store<f32>(to + 8, total(s2));
      store<f32>(to + 12, total(s3));
      other += bytes << 2;
    }
  }
}

/**
 * out[i] += sum over j of p[i, j] · b[j], where p[i, j] lies `i * rowStep + j * columnStep` bytes after `p`, so that the
 * same numbers can be read as a matrix or as its transpose. `n` is a multiple of 2.
 */
export function addWeighted(
  p: usize, rowStep: usize, columnStep: usize, b: usize, out: usize, n: i32, m: i32, width: i32,
): void {
  const bytes = (<usize>width) << 2;
  for (let chunk: usize = 0; chunk < bytes; chunk += 64) {
    for (let i = 0; i < n; i += 2) {
      const to = out + <usize>i * bytes + chunk;
      const next = to + bytes;
      let a0 = v128.load(to);
      let a1 = v128.load(to, 16);
      let a2 = v128.load(to, 32);
      let a3 = v128.load(to, 48);
      let b0 = v128.load(next);
      let b1 = v128.load(next, 16);
      let b2 = v128.load(next, 32);
      let b3 = v128.load(next, 48);
      let weight = p + <usize>i * rowStep;
      let row = b + chunk;
      for (let j = 0; j < m; j++) {
        const u = v128.load32_splat(weight);
        const v = v128.load32_splat(weight + rowStep);
        const x0 = v128.load(row);
        const x1 = v128.load(row, 16);
        const x2 = v128.load(row, 32);
        const x3 = v128.load(row, 48);
        a0 = f32x4.add(a0, f32x4.mul(u, x0));
        a1 = f32x4.add(a1, f32x4.mul(u, x1));
        a2 = f32x4.add(a2, f32x4.mul(u, x2));
        a3 = f32x4.add(a3, f32x4.mul(u, x3));
        b0 = f32x4.add(b0, f32x4.mul(v, x0));
        b1 = f32x4.add(b1, f32x4.mul(v, x1));
        b2 = f32x4.add(b2, f32x4.mul(v, x2));
        b3 = f32x4.add(b3, f32x4.mul(v, x3));
        weight += columnStep;
        row += bytes;
      }
      v128.store(to, a0);
      v128.store(to, a1, 16);
      v128.store(to, a2, 32);
      v128.store(to, a3, 48);
      v128.store(next, b0);
      v128.store(next, b1, 16);
      v128.store(next, b2, 32);
      v128.store(next, b3, 48);
    }
  }
}

/** out = sum over k of factors[k] · table[pieces[k]]; pieces are int32. */
export function gather(pieces: usize, factors: usize, count: i32, table: usize, out: usize, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (let at: usize = 0; at < bytes; at += 16) v128.store(out + at, f32x4.splat(0));
  for (let k: usize = 0; k < <usize>count; k++) {
    const factor = v128.load32_splat(factors + (k << 2));
    const row = table + <usize>load<i32>(pieces + (k << 2)) * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(out + at, f32x4.add(v128.load(out + at), f32x4.mul(factor, v128.load(row + at))));
    }
  }
}

/** The way back of `gather`: gradient[pieces[k]] += factors[k] · change. */
export function scatter(
  pieces: usize, factors: usize, count: i32, gradient: usize, change: usize, width: i32,
): void {
  const bytes = (<usize>width) << 2;
  for (let k: usize = 0; k < <usize>count; k++) {
    const row = gradient + <usize>load<i32>(pieces + (k << 2)) * bytes;
    const factor = v128.load32_splat(factors + (k << 2));
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(row + at, f32x4.add(v128.load(row + at), f32x4.mul(factor, v128.load(change + at))));
    }
  }
}

/** out[k] += factors[k] · (table[pieces[k]] · change). */
export function along(
  pieces: usize, factors: usize, count: i32, table: usize, change: usize, out: usize, width: i32,
): void {
  const bytes = (<usize>width) << 2;
  for (let k: usize = 0; k < <usize>count; k++) {
    const row = table + <usize>load<i32>(pieces + (k << 2)) * bytes;
    let sum = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(change + at), v128.load(row + at)));
    }
    const to = out + (k << 2);
    store<f32>(to, load<f32>(to) + load<f32>(factors + (k << 2)) * total(sum));
  }
}

/**
 * One step of Adam (Kingma and Ba, 2015) over `count` numbers, a multiple of 4; sets the gradient to zero.
 *
 * @param rate the step, with both bias corrections already in it.
 */
export function adam(
  values: usize, first: usize, second: usize, gradient: usize, count: i32,
  rate: f32, beta1: f32, beta2: f32, epsilon: f32,
): void {
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(1 - beta1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(1 - beta2);
  const small = f32x4.splat(epsilon);
  const step = f32x4.splat(rate);
  const end = (<usize>count) << 2;
  for (let at: usize = 0; at < end; at += 16) {
    const g = v128.load(gradient + at);
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first + at)), f32x4.mul(take1, g));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second + at)), f32x4.mul(take2, f32x4.mul(g, g)));
    const move = f32x4.div(f32x4.mul(step, m), f32x4.add(f32x4.sqrt(v), small));
    v128.store(first + at, m);
    v128.store(second + at, v);
    v128.store(values + at, f32x4.sub(v128.load(values + at), move));
    v128.store(gradient + at, f32x4.splat(0));
  }
}

function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}
