import { frames } from './frames.js';
import { inTurns } from './turns.js';
import { RECORDERS } from '../peers/recorders.js';

/* Records frames and is killed in the turn of the last: argv has the recorder, the file, how many. */

const [recorder, path, count] = process.argv.slice(2);
const { write } = await RECORDERS[recorder](path);
await inTurns(frames(Number(count)), write);
process.kill(process.pid, 'SIGKILL');
