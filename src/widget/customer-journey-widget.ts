// <customer-journey-widget>: one customer's journey, newest first and live (jds-contract 7). It turns its properties into a
// feed, and the feed's snapshot with the agent's choices into elements. Reading, order and repeats are the feed controller's;
// the parts of the view are files of their own. Event text is untrusted and never becomes markup.
import { type CSSResultGroup, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import { aliasesView } from './aliases-view.ts';
import { createChunkWindow } from './chunks.ts';
import { type CustomerViewOptions, customerView } from './customer-view.ts';
import { describeEvent } from './describe-event.ts';
import { createDeskActions } from './desk-actions.ts';
import { entryView } from './entry-view.ts';
import { toneOf, whoText } from './event-view.ts';
import { createFeedController, type FeedController, type FeedSnapshot } from './feed-controller.ts';
import { filterEntries, tagsIn } from './filter-entries.ts';
import { type Entry, groupByDay, groupIntoEntries } from './group-items.ts';
import { createIconMap, type IconMap } from './icon-map.ts';
import { icon } from './icons.ts';
import { identifiedItems, identifiedMoments, type Moment } from './identified.ts';
import { createJdsCall } from './jds-call.ts';
import { createJdsClient, type JdsClient } from './jds-client.ts';
import { JourneyProperties } from './journey-properties.ts';
import { addLanguage, createLanguage, type Language, loadLanguage } from './language.ts';
import { createProfileController } from './profile-controller.ts';
import { baseUrlOf, cadVariable, customerOf, hostsOf, isCisco, type TimeFrame, timeFrameOf } from './settings.ts';
import { stateView } from './state-view.ts';
import { styles } from './styles.ts';
import { profileView, searchView, toolbarView } from './toolbar-view.ts';
import type { ViewContext } from './view-context.ts';
import { dayName } from './when.ts';

const freshMs = 4000;
/** A page may send hundreds of events a second; drawn at each of them, the agent's browser would stand still. */
const betweenDrawingsMs = 100;
/** "Ongoing" and "today" end by themselves. */
const tickMs = 60_000;
const defaultLimit = 20;

/** What the agent chose; undefined: as the page or the call says. */
interface Choices {
  looked: string | undefined;
  tag: string | undefined;
  frame: TimeFrame | undefined;
  condensed: boolean | undefined;
  /** More entries than `limit`. */
  extra: number;
  editing: boolean;
}

const noChoices: Choices = {
  looked: undefined,
  tag: undefined,
  frame: undefined,
  condensed: undefined,
  extra: 0,
  editing: false,
};

export class CustomerJourneyWidget extends JourneyProperties {
  static override styles: CSSResultGroup = styles;
  /** Adds a language to all elements: `addLanguage('de', { live: 'Live', … })`; texts left out stay English. */
  static readonly addLanguage: typeof addLanguage = addLanguage;

  #feed: FeedController = createFeedController({ onChange: (snapshot) => this.#take(snapshot) });
  #profile = createProfileController(() => this.#drawSoon());
  #chunks = createChunkWindow(() => this.requestUpdate());
  #actions = createDeskActions({ feed: () => this.#feed, onChange: () => this.requestUpdate() });
  #language: Language = createLanguage('en');
  #icons: IconMap = createIconMap();
  #client: JdsClient | undefined;
  #snapshot: FeedSnapshot = this.#feed.snapshot;
  #identified: ReadonlySet<string> = new Set();
  #moments: ReadonlyMap<string, Moment> = new Map();
  #choices: Choices = noChoices;
  /** What the agent opened and closed, by name. */
  #opened = new Map<string, boolean>();
  #fresh = new Map<string, ReturnType<typeof setTimeout>>();
  #dialog: { title: string; content: () => TemplateResult } | undefined;
  #announcement = '';
  #shown = '';
  #token: string | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#followPage);
    addEventListener('online', this.#followPage);
    addEventListener('offline', this.#followPage);
    this.#ticking = setInterval(() => document.hidden || this.requestUpdate(), tickMs);
    this.#shown = '';
    this.#followPage();
    void this.#speak();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#followPage);
    removeEventListener('online', this.#followPage);
    removeEventListener('offline', this.#followPage);
    clearInterval(this.#ticking);
    this.#feed.close();
    this.#profile.close();
    this.#chunks.close();
    this.#shown = '';
  }

  /** A hidden page gives its connections back; one that is seen again, or online again, reads what it missed. */
  #followPage = (): void => {
    const paused = document.hidden || !navigator.onLine;
    this.#feed.setPaused(paused);
    this.#profile.setPaused(paused);
    this.requestUpdate();
  };

  async #speak(): Promise<void> {
    this.#language = await loadLanguage([...(this.language ? [this.language] : []), ...navigator.languages]);
    this.requestUpdate();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!this.isConnected) return;
    if (changed.has('language') && this.hasUpdated) void this.#speak();
    if (changed.has('interactionData') || changed.has('customer'))
      this.#choices = { ...this.#choices, looked: undefined };
    if (changed.has('iconDataUrl') || changed.has('iconDataPath') || changed.has('eventIconTemplate'))
      void this.#readIcons();
    if (changed.has('disableEventStream')) this.#feed.setLive(!this.disableEventStream);
    this.#follow();
  }

  /** Shows another customer where the properties say so; a new token alone goes on with the same one. */
  #follow(): void {
    const baseUrl = baseUrlOf(this.baseUrl, this.dataCenter);
    const identity = this.#choices.looked ?? customerOf(this);
    const { projectId, organizationId, bearerToken, templateId, streamToken } = this;
    const wanted = JSON.stringify([baseUrl, projectId, organizationId, identity, templateId, streamToken]);
    const same = wanted === this.#shown;
    if (same && bearerToken === this.#token) return;
    this.#shown = wanted;
    this.#token = bearerToken;
    this.#client = baseUrl && bearerToken ? this.#createClient(baseUrl, bearerToken) : undefined;
    if (same && this.#client && this.#snapshot.phase !== 'idle') {
      this.#feed.renew(this.#client);
    } else {
      this.#forgetView();
      this.#feed.show(this.#client, identity, { live: !this.disableEventStream });
    }
    this.#showProfile();
  }

  #createClient(baseUrl: string, bearerToken: string): JdsClient {
    const { organizationId, projectId } = this;
    const inQuery = this.streamToken ? this.streamToken === 'query' : isCisco(baseUrl);
    const streamToken = inQuery ? 'query' : 'header';
    const call = createJdsCall({ baseUrl, organizationId, bearerToken, streamToken });
    return createJdsClient({ call, workspaceId: projectId, hasLinks: !isCisco(baseUrl) });
  }

  #showProfile(): void {
    const live = !this.disableEventStream;
    this.#profile.show(this.#client, this.#snapshot.identity, { template: this.templateId, live });
  }

  async #readIcons(): Promise<void> {
    const address = this.iconDataUrl ?? this.iconDataPath;
    let map: unknown = this.eventIconTemplate;
    if (address)
      map = await fetch(address, { credentials: 'omit' })
        .then((answer) => answer.json())
        .catch(() => map);
    this.#icons = createIconMap(map);
    this.requestUpdate();
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
    const { looked, condensed } = this.#choices;
    this.#choices = { ...noChoices, looked, condensed };
    this.#opened.clear();
    for (const timer of this.#fresh.values()) clearTimeout(timer);
    this.#fresh.clear();
    this.#announcement = '';
    this.#dialog = undefined;
    this.#actions.forget();
  }

  #take(snapshot: FeedSnapshot): void {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    const { items, person, links, latest } = snapshot;
    this.#identified = identifiedItems(items, person, links);
    this.#moments = identifiedMoments(items, person, links);
    if (latest && latest !== before.latest) this.#welcome(latest);
    // Somebody else's profile by now: known for the first time, or joined with others.
    if (person && person.id !== before.person?.id && snapshot.phase === 'ready') this.#showProfile();
    this.#drawSoon();
  }

  /** Marks a live event for a moment and has it read out when the screen reader is free. */
  #welcome(item: FeedSnapshot['items'][number]): void {
    const { title, subtitle } = describeEvent(item.event, this.#language);
    const what = [title, subtitle].filter(Boolean).join(', ');
    const context = this.#context();
    this.#announcement = this.#language.say('newEvent', { what, who: whoText(item, toneOf(item, context), context) });
    const fade = () => {
      this.#fresh.delete(item.key);
      this.#drawSoon();
    };
    this.#fresh.set(item.key, setTimeout(fade, freshMs));
  }

  #context(): ViewContext {
    return {
      language: this.#language,
      icons: this.#icons,
      chunks: this.#chunks,
      condensed: this.#choices.condensed ?? this.condensedView,
      allowedHosts: hostsOf(this.linkHosts),
      identified: this.#identified,
      moments: this.#moments,
      now: Date.now(),
      isFresh: ({ key }) => this.#fresh.has(key),
      isOpen: (key, otherwise) => this.#opened.get(key) ?? otherwise,
      setOpen: (key, open) => {
        this.#opened.set(key, open);
        this.requestUpdate();
      },
      copy: (value) => this.#actions.copy(value),
      showDialog: (title, content) => {
        this.#dialog = { title, content };
        this.requestUpdate();
      },
      unlink: (link) => this.#actions.unlink(this.#client, link),
    };
  }

  #choose(choice: Partial<Choices>): void {
    this.#choices = { ...this.#choices, extra: 0, ...choice };
    if ('condensed' in choice) this.#opened.clear();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const snapshot = this.#snapshot;
    const language = this.#language;
    const searchable = this.enableUserSearch || !customerOf(this);
    const state = { language, online: navigator.onLine, tryAgain: () => void this.#feed.reload() };
    return html`
      <section part="journey" aria-label=${language.say('heading')} dir=${language.direction} lang=${language.locale}
        class=${this.useNewMomentumIcons ? 'filled' : ''}>
        ${searchable ? searchView(language, (looked) => this.#choose({ looked: looked || undefined })) : nothing}
        ${snapshot.phase === 'idle' ? nothing : customerView(snapshot, this.#customerOptions())}
        ${snapshot.phase === 'idle' ? nothing : profileView(this.#profile.profile, language)}
        ${this.#actions.view(language)} ${stateView(snapshot, state)} ${this.#timeline()}
        <p class="hidden-text" role="status" aria-live="polite">
          ${keyed(snapshot.latest?.key, html`<span>${this.#announcement}</span>`)}
        </p>
        ${this.#dialogView()}
      </section>
    `;
  }

  #customerOptions(): CustomerViewOptions {
    const actions = this.#actions;
    const language = this.#language;
    const editing = (open: boolean) => this.#choose({ editing: open, extra: this.#choices.extra });
    return {
      language,
      showName: !this.hideProfileName,
      showAliasIcon: this.showAliasIcon,
      canLive: !this.disableEventStream,
      editing: this.#choices.editing,
      busy: actions.busy,
      edit: editing,
      rename: (first, last) => void actions.rename(this.#client, first, last).then((done) => done && editing(false)),
      setLive: (live) => this.#feed.setLive(live),
      showAliases: () => this.#context().showDialog(language.say('aliases'), () => this.#aliases()),
      confirm: (link) => actions.confirm(this.#client, link),
      unlink: (link) => actions.unlink(this.#client, link),
      copy: (value) => actions.copy(value),
    };
  }

  #aliases(): TemplateResult {
    const { person, links } = this.#snapshot;
    const actions = this.#actions;
    if (!person) return html``;
    return html`${aliasesView(person, links, {
      language: this.#language,
      readOnly: this.readOnlyAliases,
      busy: actions.busy,
      add: (identitytype, value) => actions.addAlias(this.#client, identitytype, value),
      remove: (identitytype, index) => actions.removeAlias(this.#client, identitytype, index),
      unlink: (link) => actions.unlink(this.#client, link),
    })}${actions.view(this.#language)}`;
  }

  #timeline(): TemplateResult | typeof nothing {
    const { items, hasOlder } = this.#snapshot;
    const { say } = this.#language;
    if (items.length === 0) return nothing;
    const all = groupIntoEntries(items, cadVariable(this.interactionData, 'JDSDivision'));
    const tag = this.#choices.tag ?? cadVariable(this.interactionData, 'JDSDefaultFilter')?.toLowerCase() ?? '';
    const frame = this.#choices.frame ?? timeFrameOf(this.timeFrame);
    const context = this.#context();
    const entries = filterEntries(all, tag, frame, context.now);
    const step = this.limit && this.limit > 0 ? this.limit : defaultLimit;
    const shown = entries.slice(0, step + this.#choices.extra);
    const rest = entries.length - shown.length;
    const showMore = () => this.#choose({ extra: this.#choices.extra + step });
    return html`
      ${toolbarView({
        language: this.#language,
        tags: tagsIn(all),
        tag,
        frame,
        condensed: context.condensed,
        choose: (choice) => this.#choose(choice),
      })}
      ${entries.length > 0 ? nothing : html`<p class="note">${say('noneFits')}<br /><button type="button" class="plain" @click=${() => this.#choose({ tag: '', frame: 'All' })}>${say('showAll')}</button></p>`}
      ${this.#days(shown, entries[0], context)}
      ${rest > 0 ? html`<button type="button" class="more" @click=${showMore}>${say('more', { count: Math.min(rest, step) })}</button>` : nothing}
      ${rest === 0 && hasOlder ? html`<button type="button" class="more" @click=${() => this.#feed.readOlder().then(showMore)}>${say('older')}</button>` : nothing}
    `;
  }

  #days(entries: readonly Entry[], newest: Entry | undefined, context: ViewContext): TemplateResult {
    const draw = (some: readonly Entry[]) =>
      repeat(
        some,
        ({ key }) => key,
        (entry) => entryView(entry, entry === newest, context),
      );
    return html`${repeat(
      groupByDay(entries),
      ({ key }) => key,
      ({ key, time, entries: ofDay }) => html`
        <h3 class="day" part="day">${dayName(time, context.now, this.#language)}</h3>
        ${this.#chunks.list(`day-${key}`, 'timeline', ofDay, draw)}
      `,
    )}`;
  }

  #dialogView(): TemplateResult {
    const close = (domEvent: Event) => (domEvent.currentTarget as Element).closest('dialog')?.close();
    const closed = () => {
      this.#dialog = undefined;
      this.requestUpdate();
    };
    return html`
      <dialog part="dialog" aria-labelledby="dialog-title" @close=${closed}
        @click=${(domEvent: Event) => domEvent.target === domEvent.currentTarget && close(domEvent)}>
        <div class="dialog">
          <h2 id="dialog-title">${this.#dialog?.title}</h2>
          <button type="button" class="quiet" aria-label=${this.#language.say('close')} @click=${close}>${icon('close')}</button>
          <div class="dialog-content">${this.#dialog?.content()}</div>
        </div>
      </dialog>
    `;
  }

  protected override updated(): void {
    this.#chunks.watch(this.renderRoot as ShadowRoot);
    const dialog = this.renderRoot.querySelector('dialog');
    if (this.#dialog && !dialog?.open) dialog?.showModal();
    if (!this.#dialog && dialog?.open) dialog.close();
  }
}
