/**
 * How to train.
 * @module
 */

/** The numbers of a training run. */
export interface Recipe {
  /** How often every song is seen. */
  readonly passes: number;
  /** Songs that are compared with each other at once; fewer where there are not enough songs for several steps a pass. */
  readonly batch: number;
  /** What inner products are divided by before the softmax: the smaller, the more near misses count. */
  readonly temperature: number;
  /** Adam's step for the table; the logarithms of the pieces' weights take ten times that. */
  readonly rate: number;
  /** Adam's step for the turn that all rows have in common. */
  readonly turnRate: number;
  /** The share of pieces left out of lyrics and descriptions. */
  readonly lyricsDropped: number;
  readonly descriptionDropped: number;
  /** The share of a song's pieces that must find the song, as an excerpt would. */
  readonly excerpt: number;
  /** How much of the target is the teacher's view of a batch, where there is a teacher, and how sharply it is seen. */
  readonly teacherShare: number;
  readonly teacherTemperature: number;
}

/** What held-out songs of `models/lyrec-static/training` were found best with; see the model card. */
export const RECIPE: Recipe = {
  passes: 16,
  batch: 768,
  temperature: 0.07,
  rate: 0.002,
  turnRate: 0.002,
  lyricsDropped: 0.4,
  descriptionDropped: 0.15,
  excerpt: 0.3,
  teacherShare: 0.9,
  teacherTemperature: 0.07,
};
