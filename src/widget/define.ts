// Registers the element under both names. Where another script already brought its own <customer-journey-widget>,
// that one stays, and ours is there as <waymark-journey> only.
import { CustomerJourneyWidget } from './customer-journey-widget.ts';

declare global {
  interface HTMLElementTagNameMap {
    'customer-journey-widget': CustomerJourneyWidget;
    'waymark-journey': CustomerJourneyWidget;
  }
}

export function defineWidget(registry: CustomElementRegistry = customElements): void {
  if (!registry.get('customer-journey-widget')) registry.define('customer-journey-widget', CustomerJourneyWidget);
  // A class has one name only, so the second takes a class of its own.
  if (!registry.get('waymark-journey')) registry.define('waymark-journey', class extends CustomerJourneyWidget {});
}
