// Types of bank.mjs, for the tests that start it.
export interface BankOptions {
  /** 0 takes a free one. */
  port: number;
  /** Address to bind to. Default `127.0.0.1`. */
  host?: string;
  /** Host in the URLs that visitors open. Default `localhost`. */
  publicHost?: string;
  /** Where the pages load waymark.js from. */
  relayUrl: string;
  workspace: string;
  siteKey: string;
  /** With which the bank vouches for its customers. */
  identityKey: { kid: string; secret: string };
  /** With which the agent desk reads journeys. */
  deskToken: string;
  /** With which the bank reads and erases what is known about its customers. */
  bankToken?: string;
  /** With which Waymark signs its webhooks; without it the bank takes none. */
  webhookSecret?: string;
  /** Milliseconds. */
  now?: () => number;
}

export function startBank(options: BankOptions): Promise<{ url: string; close(): Promise<void> }>;
