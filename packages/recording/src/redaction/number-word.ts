/** What a word is in a number that is dictated. */
export type WordKind =
  /** One digit. */
  | 'unit'
  /** Two digits or three that nothing is added to: `seventeen`, `siebenundzwanzig`. */
  | 'whole'
  /** A ten that a unit may be added to: `twenty`, `vingt`. */
  | 'ten'
  /** A ten that goes on to nineteen: `soixante`. */
  | 'score'
  /** `hundred`, which what stands before it is multiplied by. */
  | 'hundred'
  /** Hundreds that a rest may be added to: `seiscientos`. */
  | 'hundreds'
  /** What comes next is said once and meant so often: `double`. */
  | 'times'
  /** Joins a ten and its unit: `treinta y cinco`. */
  | 'and'
  | 'plus'
  /** Said between digits, and none of them. */
  | 'filler'
  /** A mark between digits that may be a decimal's as well: `dot`. */
  | 'point'
  /** Takes back what stands before it: `sorry`. */
  | 'correction'
  /** It is no number's in that language. */
  | 'other';

/** What a word means in one language. */
export interface NumberWord {
  readonly kind: WordKind;
  readonly value: number;
  /** It is an ordinary word as well, and tells nothing of the language: `um`, `o`, `once`. */
  readonly isCommon: boolean;
}
