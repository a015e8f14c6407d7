// The venue's private stream as its transport hands it on: texts, and whether they come at all.

/** Who follows a stream. Nothing here is called again after the stream was closed. */
export interface StreamListener {
  /** One frame, unpacked; what it says is not looked at yet. In the order of arrival, on two connections at once some twice. */
  readonly text: (text: string) => void;
  /** Frames come from here on. What was said before has to be asked for. */
  readonly up: (why: string) => void;
  /** Frames are missed from here on: silence, a lost connection, an expired key. */
  readonly down: (why: string) => void;
  /** A frame that could not even be unpacked: not compressed text, or too large. */
  readonly malformed: (what: string, problem: string) => void;
}

export interface UserStream {
  /** Frames of any kind so far, pings included, over all its connections. */
  received(): number;
  /** Ends all connections and gives the listen key back. */
  close(): Promise<void>;
}

/** What keeps a listen key: the three calls of the venue. Each is one attempt; a failure is a sentence. */
export interface ListenKeyCalls {
  create(): Promise<{ readonly listenKey: string } | { readonly problem: string }>;
  /** `gone`: the venue does not know the key any more. */
  extend(listenKey: string): Promise<'extended' | 'gone' | { readonly problem: string }>;
  remove(listenKey: string): Promise<void>;
}
