/** What a recording is called that begins now, without its `.ndjson`. */
export function nameByDate(): string {
  return `call-${new Date().toISOString().replace(/[-:]/g, '')}`;
}
