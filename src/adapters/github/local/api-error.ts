// The refusals of the local GitHub, thrown by its model and answered by its server with GitHub's status and shape.

const DOCS = 'https://docs.github.com/rest';

interface FieldError {
  readonly resource: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly field?: string;
  readonly message?: string;
}

/** A request that GitHub would refuse: `status` and the JSON body of the answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, errors?: readonly unknown[]) {
    super(message);
    this.status = status;
    this.body = {
      message,
      ...(errors === undefined ? {} : { errors }),
      documentation_url: DOCS,
      status: String(status),
    };
  }
}

/** Returns the answer for what does not exist, or must not be known to exist. */
export function notFound(): ApiError {
  return new ApiError(404, 'Not Found');
}

/** Returns the answer for a token of an App that lacks a permission. */
export function notAccessible(): ApiError {
  return new ApiError(403, 'Resource not accessible by integration');
}

/** Returns the answer for input that breaks a rule; with a text, a `custom` error that says it. */
export function invalid(
  resource: string,
  field: string,
  reason: FieldError['code'] | { say: string },
): ApiError {
  const error: FieldError =
    typeof reason === 'string'
      ? { resource, code: reason, field }
      : { resource, code: 'custom', field, message: reason.say };
  return new ApiError(422, 'Validation Failed', [error]);
}

/** Returns the answer for a request that GitHub explains in one sentence. */
export function unprocessable(message: string): ApiError {
  return new ApiError(422, message);
}
