// Which of the venue's hosts is asked: the first, and for a minute after its network failed the second.

const AWAY_MS = 60_000;

export class Hosts {
  /** Origins, the first preferred. */
  private readonly urls: readonly string[];
  private readonly failedAtMs = new Map<string, number>();

  /** @param urls one or more origins, as `https://open-api.bingx.com`. */
  constructor(urls: readonly string[]) {
    this.urls = urls;
  }

  /** Returns the host to ask now: the first that did not fail lately, or that which failed longest ago. `except` is not asked. */
  preferred(nowMs: number, except: string | null = null): string {
    const urls = this.urls.filter((url) => url !== except);
    const failedAt = (url: string): number => this.failedAtMs.get(url) ?? Number.NEGATIVE_INFINITY;
    const healthy = urls.find((url) => nowMs - failedAt(url) >= AWAY_MS);
    return healthy ?? urls.sort((a, b) => failedAt(a) - failedAt(b))[0] ?? '';
  }

  /** Whether there is another host than `url`. */
  hasOther(url: string): boolean {
    return this.urls.some((one) => one !== url);
  }

  failed(url: string, nowMs: number): void {
    this.failedAtMs.set(url, nowMs);
  }

  answered(url: string): void {
    this.failedAtMs.delete(url);
  }
}
