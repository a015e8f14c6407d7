// What arrives at its own time and is waited for in order, without asking again and again.

export class Mailbox<T> {
  private readonly letters: T[] = [];
  private readonly readers: ((letter: T) => void)[] = [];

  put(letter: T): void {
    const reader = this.readers.shift();
    if (reader === undefined) this.letters.push(letter);
    else reader(letter);
  }

  /** The next letter, now or when it comes. */
  take(): Promise<T> {
    const [letter] = this.letters.splice(0, 1);
    if (letter !== undefined) return Promise.resolve(letter);
    return new Promise((resolve) => this.readers.push(resolve));
  }
}
