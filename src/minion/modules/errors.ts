/** A function was called with arguments that it does not take. */
export class InvalidArguments extends Error {
  override readonly name = 'InvalidArguments';
}

/** A function could not do its work, for a reason that its caller can read. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly retcode: number;

  constructor(message: string, retcode = 1) {
    super(message);
    this.retcode = retcode;
  }
}

/** An operator's function threw; the message is its exception. */
export class FunctionThrew extends Error {
  override readonly name = 'FunctionThrew';
  readonly retcode: number;

  constructor(message: string, retcode: number) {
    super(message);
    this.retcode = retcode;
  }
}
