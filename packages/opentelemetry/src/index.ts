export { instrument } from './instrument.js';
export type { InstrumentOptions, Instrumentation } from './instrument.js';
