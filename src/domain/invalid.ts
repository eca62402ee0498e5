/** A parameter that matches its schema but still means nothing: its name, what was given, what is allowed. Answered as 400. */
export class Invalid extends Error {
  readonly parameter: string
  readonly given: unknown
  readonly allowed: string

  constructor(parameter: string, given: unknown, allowed: string) {
    super(`${parameter} must be ${allowed}`)
    this.name = 'Invalid'
    this.parameter = parameter
    this.given = given
    this.allowed = allowed
  }
}
