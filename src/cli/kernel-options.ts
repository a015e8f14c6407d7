// The options of the commands that run the kernel.

export interface KernelRunOptions {
  readonly data: string;
  readonly socket?: string;
  readonly for?: number;
  /** Epoch milliseconds; refused. */
  readonly now?: number;
}

export interface KernelBacktestOptions {
  readonly journal?: string;
  readonly atEnd: string;
  readonly serve?: number;
}
