import { Bench } from 'tinybench';

/** Milliseconds of CPU that this process has used: on a shared machine, others' work is not in it. */
export function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * Nanoseconds of CPU that one of `count` things takes, of which `work` does all: the mean of as
 * many runs as there is time for, garbage collection included.
 */
export async function nanosecondsEach(work, count, { timeMs, warmUpMs }) {
  const bench = new Bench({
    now: cpuMs,
    time: timeMs,
    warmupTime: warmUpMs,
    iterations: 1,
    warmupIterations: 1,
    throws: true,
  });
  bench.add('work', work);
  const [task] = await bench.run();
  return (task.result.latency.mean * 1e6) / count;
}
