// `waymark/widget`: the element's class and the function that registers it. Importing alone registers it, as a script tag does.
import { defineWidget } from './define.ts';
import { addLanguage } from './language.ts';
import { setMoreSource } from './on-demand.ts';

export { CustomerJourneyWidget } from './customer-journey-widget.ts';
export { defineWidget } from './define.ts';
export type { Text, TextKey, TextTable } from './english.ts';
export { addLanguage, type LanguageSource } from './language.ts';

addLanguage('fr', () => import('./languages/fr.ts'));
addLanguage('es', () => import('./languages/es.ts'));
addLanguage('ar', () => import('./languages/ar.ts'));
setMoreSource(() => import('./more.ts'));

defineWidget();
