// What the first sight of a journey does without, loaded right behind it from beside widget.js: profile rows, the details
// of an event, the dialog with transcripts, names and links, the form of the name, icon maps of the customer's own.
// What these parts share with the widget is handed in, so that nothing is loaded twice.
import type { html, nothing } from 'lit';
import type { icon } from './icons.ts';
import type { richText } from './rich-text.ts';

export { detailsView } from './details-view.ts';
export { dialogView } from './dialog-view.ts';
export { nameForm } from './name-form.ts';
export { namesDialog } from './names-dialog.ts';
export { readOwnIcons } from './own-icons.ts';
export { profileView } from './profile-view.ts';
export { restStyle } from './rest-style.ts';

export interface Kit {
  html: typeof html;
  nothing: typeof nothing;
  icon: typeof icon;
  richText: typeof richText;
}
