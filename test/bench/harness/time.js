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

/** Times the same thing again and again: by the clock, in CPU, and how long it took when it was new. */
export function stopwatch() {
  const times = [];
  const cpuTimes = [];
  let startedAt;
  let cpuAt;
  return {
    start: () => {
      cpuAt = cpuMs();
      startedAt = performance.now();
    },
    stop: () => {
      times.push(performance.now() - startedAt);
      cpuTimes.push(cpuMs() - cpuAt);
    },
    measures: () => ({ ms: Math.min(...times), cpu: Math.min(...cpuTimes), first: times[0] }),
  };
}
