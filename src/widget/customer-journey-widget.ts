// <customer-journey-widget>: one customer's journey, newest first and live, with the names of the element in Webex Agent
// Desktop (jds-contract 7.2). It only turns its properties into a feed and the feed's snapshot into elements;
// reading, order and repeats are the feed controller's. Event text is untrusted and never becomes markup.
import { type CSSResultGroup, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import { customerView } from './customer-view.ts';
import { describeEvent } from './describe-event.ts';
import { entryView } from './entry-view.ts';
import { createFeedController, type FeedController, type FeedSnapshot } from './feed-controller.ts';
import { type Entry, groupByDay, groupIntoEntries } from './group-items.ts';
import { identifiedItems } from './identified.ts';
import { createJdsClient } from './jds-client.ts';
import type { FeedItem } from './journey-event.ts';
import { baseUrlOf, customerOf, isNotFalse } from './settings.ts';
import { stateView } from './state-view.ts';
import { styles } from './styles.ts';
import { english, type Texts } from './texts.ts';
import { dayName } from './when.ts';

const freshMs = 4000;
/** A page may send hundreds of events a second; drawn at each of them, the agent's browser would stand still. */
const betweenDrawingsMs = 100;
const defaultLimit = 20;

export class CustomerJourneyWidget extends LitElement {
  static override styles: CSSResultGroup = styles;

  static override properties: PropertyDeclarations = {
    bearerToken: { attribute: false },
    organizationId: { attribute: 'organization-id' },
    dataCenter: { attribute: 'data-center' },
    interactionData: { attribute: false },
    projectId: { attribute: 'project-id' },
    customer: {},
    baseUrl: { attribute: 'base-url' },
    limit: { type: Number },
    disableEventStream: { attribute: 'disable-event-stream', converter: isNotFalse },
  };

  /** Reads journeys (`cjp:user`). A property only: it never stands in the document. */
  declare bearerToken: string | undefined;
  declare organizationId: string | undefined;
  /** Chooses Cisco's host where `baseUrl` is not set, for example `us1`. */
  declare dataCenter: string | undefined;
  /** The desk's current contact; its caller is shown before `customer`. */
  declare interactionData: unknown;
  /** The workspace, 24 hexadecimal digits. */
  declare projectId: string | undefined;
  /** The identity to show: e-mail, phone, customer id or temporaryId. */
  declare customer: string | undefined;
  /** Address of the service; goes before `dataCenter`. */
  declare baseUrl: string | undefined;
  /** Entries shown at first, and how many more each time. Default 20. */
  declare limit: number | undefined;
  /** No live events. Default false. */
  declare disableEventStream: boolean;

  #feed: FeedController = createFeedController({ onChange: (snapshot) => this.#take(snapshot) });
  #texts: Texts = english;
  #snapshot: FeedSnapshot = this.#feed.snapshot;
  #identified: ReadonlySet<string> = new Set();
  #shown = '';
  /** Entries whose state the agent changed; without a choice the newest is open. */
  #opened = new Map<string, boolean>();
  #extra = 0;
  #fresh = new Map<string, ReturnType<typeof setTimeout>>();
  #announcement = '';
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.disableEventStream = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#shown = '';
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#feed.close();
    this.#shown = '';
  }

  protected override willUpdate(): void {
    const baseUrl = baseUrlOf(this.baseUrl, this.dataCenter);
    const identity = customerOf(this.interactionData, this.customer);
    const { projectId, organizationId, bearerToken, disableEventStream } = this;
    const wanted = JSON.stringify([baseUrl, projectId, organizationId, bearerToken, identity, disableEventStream]);
    if (!this.isConnected || wanted === this.#shown) return;
    this.#shown = wanted;
    this.#forgetView();
    const ready = baseUrl && projectId && bearerToken;
    const client = ready
      ? createJdsClient({ baseUrl, workspaceId: projectId, organizationId, bearerToken })
      : undefined;
    this.#feed.show(client, identity, { live: !disableEventStream });
  }

  /** For what happens by itself; what the agent does is drawn at once. */
  #drawSoon(): void {
    if (this.#drawing) return;
    const draw = () => {
      this.#drawing = undefined;
      this.#drawnAt = performance.now();
      this.requestUpdate();
    };
    const restMs = this.#drawnAt + betweenDrawingsMs - performance.now();
    if (restMs > 0) this.#drawing = setTimeout(draw, restMs);
    else draw();
  }

  #forgetView(): void {
    this.#opened.clear();
    this.#extra = 0;
    for (const timer of this.#fresh.values()) clearTimeout(timer);
    this.#fresh.clear();
    this.#announcement = '';
  }

  #take(snapshot: FeedSnapshot): void {
    const { latest } = snapshot;
    const arrived = latest && latest !== this.#snapshot.latest;
    this.#snapshot = snapshot;
    this.#identified = identifiedItems(snapshot.items, snapshot.person);
    if (arrived) this.#welcome(latest);
    this.#drawSoon();
  }

  /** Marks a live event for a moment and has it read out when the screen reader is free. */
  #welcome(item: FeedItem): void {
    const { title, subtitle, tone } = describeEvent(item.event, this.#identified.has(item.key));
    const what = [title, subtitle].filter(Boolean).join(', ');
    this.#announcement = this.#texts.newEvent(what, this.#texts[tone]);
    const timer = setTimeout(() => {
      this.#fresh.delete(item.key);
      this.#drawSoon();
    }, freshMs);
    this.#fresh.set(item.key, timer);
  }

  protected override render(): TemplateResult {
    const { phase, items } = this.#snapshot;
    const texts = this.#texts;
    return html`
      <section part="journey" aria-label=${texts.heading}>
        ${phase === 'idle' ? nothing : customerView(this.#snapshot, texts)}
        ${stateView(this.#snapshot, texts, () => this.#feed.reload())}
        ${this.#timeline(items)}
        <p class="hidden-text" role="status" aria-live="polite">
          ${keyed(this.#snapshot.latest?.key, html`<span>${this.#announcement}</span>`)}
        </p>
      </section>
    `;
  }

  #timeline(items: readonly FeedItem[]): TemplateResult {
    const entries = groupIntoEntries(items);
    const step = this.limit && this.limit > 0 ? this.limit : defaultLimit;
    const shown = entries.slice(0, step + this.#extra);
    const rest = entries.length - shown.length;
    const newest = entries[0];
    return html`
      ${repeat(
        groupByDay(shown),
        (day) => day.key,
        (day) => html`
          <h3 class="day">${dayName(day.time, Date.now(), this.#texts)}</h3>
          <ol class="timeline">
            ${repeat(
              day.entries,
              (entry) => entry.key,
              (entry) => this.#entry(entry, entry === newest),
            )}
          </ol>
        `,
      )}
      ${rest > 0 ? html`<button type="button" class="more" @click=${() => this.#showMore(step)}>${this.#texts.more(Math.min(rest, step))}</button>` : nothing}
    `;
  }

  #entry(entry: Entry, newest: boolean): TemplateResult {
    const open = this.#opened.get(entry.key) ?? newest;
    return entryView(entry, {
      texts: this.#texts,
      identified: this.#identified,
      open,
      toggle: () => {
        this.#opened.set(entry.key, !open);
        this.requestUpdate();
      },
      isFresh: (item) => this.#fresh.has(item.key),
    });
  }

  #showMore(step: number): void {
    this.#extra += step;
    this.requestUpdate();
  }
}
