import { assertCallId } from '../fleet-names.js';
import { exitCodes, ExitError } from './exit-error.js';

/** A call's id as it was typed. @throws ExitError for one that cannot stand in a subject */
export function toCallId(typed: string): string {
  try {
    assertCallId(typed);
    return typed;
  } catch (error) {
    throw new ExitError(exitCodes.usage, (error as Error).message);
  }
}
