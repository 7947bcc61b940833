/**
 * Which columns of a collection tell how popular a song is.
 * @module
 */

/** Lower case, without blanks, hyphens and underscores; before others those that stand first. */
export const POPULARITY_NAMES: readonly string[] = [
  'popularity',
  'trackpopularity',
  'songpopularity',
  'spotifypopularity',
  'popularityscore',
  'streams',
  'plays',
  'playcount',
  'listeners',
  'views',
];

/** A column's name as it is compared with those. */
export function plainColumnName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}
