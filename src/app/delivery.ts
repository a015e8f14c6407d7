// One webhook delivery as it was received and verified, before anybody looks into its payload.

export interface Delivery {
  /** GitHub's id, the same for every attempt to deliver one event; in lower case. */
  readonly guid: string;
  /** Name of the event, as `pull_request`. */
  readonly event: string;
  /** `owner/name`, or `null` where the event concerns none. Deliveries of one repository are handled in order. */
  readonly repository: string | null;
  readonly receivedAtMs: number;
  /** The JSON text that was signed. */
  readonly body: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Returns the GUID in lower case, or `null` where the text is none: it becomes part of a file name. */
export function guidFrom(text: string): string | null {
  const guid = text.toLowerCase();
  return GUID.test(guid) ? guid : null;
}
