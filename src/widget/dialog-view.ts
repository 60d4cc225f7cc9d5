// The one dialog of the widget: transcripts, names and links. Escape, its button and a click beside it close it.
import type { TemplateResult } from 'lit';
import type { Language } from './language.ts';
import type { Kit } from './more.ts';

export interface DialogContent {
  title: string;
  content(): TemplateResult;
}

export function dialogView(
  { html, icon }: Kit,
  dialog: DialogContent | undefined,
  language: Language,
  onClosed: () => void,
): TemplateResult {
  const close = (domEvent: Event) => (domEvent.currentTarget as Element).closest('dialog')?.close();
  return html`
    <dialog part="dialog" aria-labelledby="dialog-title" @close=${onClosed}
      @click=${(domEvent: Event) => domEvent.target === domEvent.currentTarget && close(domEvent)}>
      <div class="dialog">
        <h2 id="dialog-title">${dialog?.title}</h2>
        <button type="button" class="quiet" aria-label=${language.say('close')} @click=${close}>${icon('close')}</button>
        <div class="dialog-content">${dialog?.content()}</div>
      </div>
    </dialog>
  `;
}
