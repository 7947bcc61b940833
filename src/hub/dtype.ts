/**
 * Precisions of weights, and their files.
 * @module
 */
import { LyrecError } from '../errors.js';

/** Precisions, and how the file of each is called; the first that is there is taken unless one is named. */
const WEIGHTS = {
  q8: 'model_quantized',
  int8: 'model_int8',
  fp32: 'model',
  fp16: 'model_fp16',
  uint8: 'model_uint8',
  q4: 'model_q4',
  q4f16: 'model_q4f16',
  bnb4: 'model_bnb4',
} as const;

/** A precision of weights. */
export type Dtype = keyof typeof WEIGHTS;

const DTYPES = Object.keys(WEIGHTS) as Dtype[];

/** Reads a precision. @throws LyrecError `bad-argument` for anything else. */
export function parseDtype(text: string): Dtype {
  const dtype = DTYPES.find((known) => known === text);
  if (dtype) return dtype;
  throw new LyrecError('bad-argument', `"${text}" is no precision of weights.`, {
    hint: `Write one of ${DTYPES.join(', ')}.`,
  });
}

/** The weights of a precision, within a model folder. */
export function weightsFile(dtype: Dtype): string {
  return `onnx/${WEIGHTS[dtype]}.onnx`;
}

/** The precision to take where these files are: the one asked for, else the one the model recommends, else the first. */
export function chooseDtype(
  has: (file: string) => boolean,
  asked: string | undefined,
  recommended: string | undefined,
  model: string,
): Dtype {
  const there = DTYPES.filter((dtype) => has(weightsFile(dtype)));
  const wanted = asked === undefined ? undefined : parseDtype(asked);
  if (wanted && there.includes(wanted)) return wanted;
  const [first] = there;
  if (first === undefined) {
    throw new LyrecError('model-missing', `The model ${model} has no ONNX weights (${weightsFile('fp32')}).`, {
      hint: 'Look for its ONNX export on the hub (Xenova/…, onnx-community/…), or export it: optimum-cli export onnx.',
    });
  }
  if (wanted) {
    throw new LyrecError('model-missing', `The model ${model} has no ${wanted} weights.`, {
      hint: `It has ${there.join(', ')}.`,
    });
  }
  return there.find((dtype) => dtype === recommended) ?? first;
}
