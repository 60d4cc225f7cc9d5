// `waymark/widget`: the element's class and the function that registers it. Importing alone registers it, as a script tag does.
import { defineWidget } from './define.ts';

export { CustomerJourneyWidget } from './customer-journey-widget.ts';
export { defineWidget } from './define.ts';

defineWidget();
