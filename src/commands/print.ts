/** A line of what a command has to tell: to stdout, for a log line belongs to the service. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
