/** What a call is, without what was said in it. */
export interface CallFacts {
  /**
   * How far the call is; it never goes back, whatever a rejoined connection repeats.
   *
   * `waiting` for `event:start`, `screening` until `event:end`, `screened` until `event:callEnd`,
   * `ended`.
   */
  readonly phase: 'waiting' | 'screening' | 'screened' | 'ended';
  /** The caller's number, as the server wrote it; `undefined` before `event:start`. */
  readonly phone: string | undefined;
  /** The `timestamp` of `event:start`, ISO 8601 as published. */
  readonly startedAt: string | undefined;
  /** The `timestamp` of `event:callEnd`, ISO 8601 as published. */
  readonly endedAt: string | undefined;
  /** What `event:end` said. */
  readonly screeningMessage: string | undefined;
  /** How many connections there were. More than 1 means gaps: what the server sent between them is lost. */
  readonly connections: number;
}

/** Of a call of which nothing has come yet. */
export const NO_FACTS: CallFacts = {
  phase: 'waiting',
  phone: undefined,
  startedAt: undefined,
  endedAt: undefined,
  screeningMessage: undefined,
  connections: 0,
};
