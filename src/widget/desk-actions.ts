// What the agent does to a customer: name, aliases, claims and links, each one call and then a reading of what came of it.
// Nothing is shown as done before the service has said so; what it refuses is said with its tracking id.
import { html, nothing, type TemplateResult } from 'lit';
import type { Identitytype, Person } from '../protocol/index.ts';
import type { TextKey } from './english.ts';
import type { FeedController } from './feed-controller.ts';
import { JdsRequestError } from './jds-call.ts';
import type { JdsClient, PersonLink } from './jds-client.ts';
import type { Language } from './language.ts';

export interface DeskActions {
  /** A call is on its way; a second one would be made with what the first is changing. */
  readonly busy: boolean;
  /** True when it worked. */
  rename(client: JdsClient | undefined, firstName: string, lastName: string): Promise<boolean>;
  addAlias(client: JdsClient | undefined, identitytype: Identitytype, value: string): void;
  removeAlias(client: JdsClient | undefined, identitytype: Identitytype, index: number): void;
  confirm(client: JdsClient | undefined, link: PersonLink): void;
  unlink(client: JdsClient | undefined, link: PersonLink): void;
  copy(value: string): void;
  /** Says that something could not be fetched, and why. */
  failed(error: unknown): void;
  /** What came of the last one. */
  view(language: Language): TemplateResult;
  forget(): void;
}

export interface DeskActionsOptions {
  feed(): FeedController;
  onChange(): void;
}

const shownMs = 4000;

export function createDeskActions({ feed, onChange }: DeskActionsOptions): DeskActions {
  let busy = false;
  let said: TextKey | undefined;
  let failure: JdsRequestError | undefined;
  let fading: ReturnType<typeof setTimeout> | undefined;

  function say(text: TextKey | undefined, error?: JdsRequestError): void {
    said = text;
    failure = error;
    clearTimeout(fading);
    if (text) fading = setTimeout(() => say(undefined), shownMs);
    onChange();
  }

  function failed(error: unknown): void {
    say(undefined, error instanceof JdsRequestError ? error : new JdsRequestError('unreachable'));
  }

  type Act = (client: JdsClient, person: Person) => Promise<void>;

  async function act(client: JdsClient | undefined, run: Act, done?: TextKey): Promise<boolean> {
    const { person } = feed().snapshot;
    if (busy || !client || !person) return false;
    busy = true;
    say(undefined);
    try {
      await run(client, person);
      await feed().reload();
      say(done);
      return true;
    } catch (error) {
      failed(error);
      return false;
    } finally {
      busy = false;
      onChange();
    }
  }

  return {
    get busy() {
      return busy;
    },
    rename: (client, firstName, lastName) =>
      act(client, (to, { id }) =>
        to.patchPerson(id, [
          { op: 'replace', path: '/firstName', value: firstName },
          { op: 'replace', path: '/lastName', value: lastName },
        ]),
      ),
    addAlias: (client, identitytype, value) =>
      void act(client, (to, person) =>
        to.patchPerson(person.id, [{ op: 'add', path: `/${identitytype}/${person[identitytype].length}`, value }]),
      ),
    removeAlias: (client, identitytype, index) =>
      void act(client, (to, person) =>
        to.patchPerson(person.id, [
          { op: 'remove', path: `/${identitytype}/${index}`, value: person[identitytype][index] },
        ]),
      ),
    confirm: (client, link) => void act(client, (to, { id }) => to.confirmLink(id, link.id), 'confirmed'),
    unlink: (client, link) => void act(client, (to, { id }) => to.removeLink(id, link.id), 'unlinked'),
    copy(value) {
      // Undefined where the page is not secure.
      const clipboard = navigator.clipboard as Clipboard | undefined;
      const written = clipboard ? clipboard.writeText(value) : Promise.reject();
      written.then(
        () => say('copied'),
        () => say('notCopied'),
      );
    },
    failed,
    view(language) {
      return html`
        ${said ? html`<p class="said" role="status">${language.say(said)}</p>` : nothing}
        ${failure ? failureView(failure, language, () => say(undefined)) : nothing}
      `;
    },
    forget: () => {
      said = failure = undefined;
    },
  };
}

function failureView({ kind, status, trackingId, detail }: JdsRequestError, language: Language, close: () => void) {
  // An expired sign-in and the like have a text that says what to do; else the service's own words say most.
  const text = kind === 'answered' && detail ? detail : language.say(`failure_${kind}`, { status: String(status) });
  return html`
    <div class="problem" role="alert" part="problem">
      <p><bdi>${text}</bdi></p>
      ${trackingId ? html`<p>${language.say('trackingId')}: <code>${trackingId}</code></p>` : nothing}
      <button type="button" class="plain" @click=${close}>${language.say('close')}</button>
    </div>
  `;
}
