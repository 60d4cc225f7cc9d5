// The profile beside the feed: read once and then kept current by its own stream (jds-contract 4.6, 4.7). It is an addition:
// a service without templates, or a token that may not read them, leaves the widget without rows and without an error.
import { type EventStream, openEventStream } from './event-stream.ts';
import type { JdsClient } from './jds-client.ts';
import { type Profile, readProfile } from './profile.ts';

export interface ProfileController {
  readonly profile: Profile | undefined;
  show(client: JdsClient | undefined, identity: string, options: { template: string | undefined; live: boolean }): void;
  /** Closes and opens the stream with the page, as the feed does. */
  setPaused(paused: boolean): void;
  close(): void;
}

export function createProfileController(onChange: () => void): ProfileController {
  let profile: Profile | undefined;
  let showing = new AbortController();
  let stream: EventStream | undefined;
  let open: (() => EventStream) | undefined;
  let paused = false;

  function take(next: Profile | undefined): void {
    profile = next;
    onChange();
  }

  function close(): void {
    showing.abort();
    stream?.close();
    stream = open = undefined;
  }

  return {
    get profile() {
      return profile;
    },
    async show(client, identity, { template, live }) {
      close();
      showing = new AbortController();
      const { signal } = showing;
      profile = undefined;
      if (!client || identity === '') return;
      const first = await client.profile(identity, template, signal).catch(() => undefined);
      if (signal.aborted || !first) return;
      take(first);
      if (!live) return;
      const { templateId } = first;
      open = () =>
        openEventStream({
          open: (_lastEventId, connection) => client.openProfileStream(identity, templateId, connection),
          onFrame(frame) {
            const next = readProfile(frame, templateId);
            if (next && !signal.aborted) take(next);
          },
          onState: () => {},
        });
      if (!paused) stream = open();
    },
    setPaused(next) {
      paused = next;
      stream?.close();
      stream = paused ? undefined : open?.();
    },
    close,
  };
}
