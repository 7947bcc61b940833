/**
 * The compiled kernels of wasm/ and the memory they work on.
 * @module
 */

// Node has it; its type declarations for Node 20 do not.
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
};

const PAGE = 65_536;

/**
 * Starts a kernel on zeroed memory of its own.
 *
 * @param base64 what `wasm/compile.js` wrote.
 * @param bytes how much memory it needs.
 */
export function startKernel<Functions>(base64: string, bytes: number): { kernel: Functions; buffer: ArrayBuffer } {
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / PAGE)) });
  const module = new WebAssembly.Module(Buffer.from(base64, 'base64'));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { kernel: exports as Functions, buffer: memory.buffer };
}
