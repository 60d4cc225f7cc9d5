// Where the agent changes what is known of the customer: the form of the name and the dialog of names and links. Both are
// parts that are loaded at their first use (more.ts).
import type { TemplateResult } from 'lit';
import type { DeskActions } from './desk-actions.ts';
import type { FeedSnapshot } from './feed-controller.ts';
import type { JdsClient } from './jds-client.ts';
import type { Language } from './language.ts';
import { kit, loadedMore, loadMore } from './on-demand.ts';

export interface EditingOptions {
  actions: DeskActions;
  client(): JdsClient | undefined;
  snapshot(): FeedSnapshot;
  language(): Language;
}

export interface Editing {
  /** Does it once the parts are there; says so where they cannot be loaded. */
  prepare(act: () => void): void;
  /** Undefined where there is no person to name. `leave`: the agent is done with it. */
  nameForm(leave: () => void): TemplateResult | undefined;
  namesDialog(readOnly: boolean): TemplateResult;
}

export function createEditing({ actions, client, snapshot, language }: EditingOptions): Editing {
  const { html } = kit;
  return {
    prepare: (act) => void loadMore().then(act, actions.failed),
    nameForm(leave) {
      const { person } = snapshot();
      if (!person) return undefined;
      const rename = (first: string, last: string) =>
        void actions.rename(client(), first, last).then((done) => done && leave());
      return loadedMore()?.nameForm(kit, person, { language: language(), busy: actions.busy, rename, leave });
    },
    namesDialog(readOnly) {
      const { person, links, mayEdit } = snapshot();
      if (!person) return html``;
      return html`${loadedMore()?.namesDialog(kit, person, links, {
        language: language(),
        readOnly: readOnly || !mayEdit,
        busy: actions.busy,
        add: (identitytype, value) => actions.addAlias(client(), identitytype, value),
        remove: (identitytype, index) => actions.removeAlias(client(), identitytype, index),
        unlink: mayEdit ? (link) => actions.unlink(client(), link) : undefined,
      })}${actions.view(language())}`;
    },
  };
}
