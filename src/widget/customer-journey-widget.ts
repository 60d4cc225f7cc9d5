// <customer-journey-widget>: one customer's journey, newest first and live (jds-contract 7). It turns its properties into a
// feed, and the feed's snapshot with the agent's choices into elements. Reading, order and repeats are the feed controller's;
// the parts of the view are files of their own. Event text is untrusted and never becomes markup.
import { type CSSResultGroup, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { type Choices, noChoices } from './choices.ts';
import { createChunkWindow } from './chunks.ts';
import { type Connection, connect } from './connection.ts';
import { type CustomerViewOptions, customerView } from './customer-view.ts';
import { describeEvent } from './describe-event.ts';
import { createDeskActions } from './desk-actions.ts';
import type { DialogContent } from './dialog-view.ts';
import { createEditing } from './editing.ts';
import { createFeedController, type FeedController, type FeedSnapshot } from './feed-controller.ts';
import { foldable } from './foldable.ts';
import { createIconMap, type IconMap } from './icon-map.ts';
import { identifiedItems, identifiedMoments, type Moment } from './identified.ts';
import { JourneyProperties } from './journey-properties.ts';
import { addLanguage, createLanguage, type Language, loadLanguage } from './language.ts';
import { kit, loadedMore, loadMore } from './on-demand.ts';
import { createPacing } from './pacing.ts';
import { createProfileController } from './profile-controller.ts';
import { readIcons } from './read-icons.ts';
import { customerOf, wordsOf } from './settings.ts';
import { stateView } from './state-view.ts';
import { styles } from './styles.ts';
import { timelineSettings } from './timeline-settings.ts';
import { timelineView } from './timeline-view.ts';
import { searchView } from './toolbar-view.ts';
import type { ViewContext } from './view-context.ts';

/** "Ongoing" and "today" end by themselves. */
const tickMs = 60_000;

export class CustomerJourneyWidget extends JourneyProperties {
  static override styles: CSSResultGroup = styles;
  /** Adds a language to all elements: `addLanguage('de', { live: 'Live', … })`; texts left out stay English. */
  static readonly addLanguage: typeof addLanguage = addLanguage;

  #feed: FeedController = createFeedController({ onChange: (snapshot) => this.#take(snapshot) });
  #drawSoon: () => void = createPacing(() => this.requestUpdate());
  #profile = createProfileController(() => this.#drawSoon());
  #chunks = createChunkWindow(() => this.requestUpdate());
  #actions = createDeskActions({ feed: () => this.#feed, onChange: () => this.requestUpdate() });
  #editing = createEditing({
    actions: this.#actions,
    client: () => this.#client,
    snapshot: () => this.#snapshot,
    language: () => this.#language,
  });
  #arrivals: Arrivals = createArrivals(() => this.#drawSoon());
  #language: Language = createLanguage('en');
  #icons: IconMap = createIconMap();
  #connection: Connection | undefined;
  #snapshot: FeedSnapshot = this.#feed.snapshot;
  #identified: ReadonlySet<string> = new Set();
  #moments: ReadonlyMap<string, Moment> = new Map();
  #choices: Choices = noChoices;
  /** What the agent opened and closed, by name. */
  #opened = new Map<string, boolean>();
  #dialog: DialogContent | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#followPage);
    addEventListener('online', this.#followPage);
    addEventListener('offline', this.#followPage);
    this.#ticking = setInterval(() => document.hidden || this.requestUpdate(), tickMs);
    this.#connection = undefined;
    this.#followPage();
    void this.#speak();
    this.#loadRest();
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
    this.#connection = undefined;
  }

  /** A hidden page gives its connections back; one that is seen again, or online again, reads what it missed. */
  #followPage = (): void => {
    const paused = document.hidden || !navigator.onLine;
    this.#feed.setPaused(paused);
    this.#profile.setPaused(paused);
    this.requestUpdate();
  };

  /** What the first sight does without; tried again with what needs it. */
  #loadRest(): void {
    const draw = () => this.requestUpdate();
    draw();
    loadMore().then(draw, () => {});
  }

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
      void readIcons(this).then((icons) => {
        this.#icons = icons;
        this.requestUpdate();
      });
    if (changed.has('disableEventStream')) this.#feed.setLive(!this.disableEventStream);
    this.#follow();
  }

  /** Shows another customer where the properties say so; a new token alone goes on with the same one. */
  #follow(): void {
    const before = this.#connection;
    const next = connect(this, this.#choices.looked ?? customerOf(this), before);
    if (next === before) return;
    this.#connection = next;
    if (next.about === before?.about && next.client && this.#snapshot.phase !== 'idle') {
      this.#feed.renew(next.client);
    } else {
      this.#forgetView();
      this.#feed.show(next.client, next.identity, { live: !this.disableEventStream });
    }
    this.#showProfile();
  }

  #showProfile(): void {
    const live = !this.disableEventStream;
    this.#profile.show(this.#connection?.client, this.#snapshot.identity, { template: this.templateId, live });
  }

  #forgetView(): void {
    const { looked, condensed } = this.#choices;
    this.#choices = { ...noChoices, looked, condensed };
    this.#opened.clear();
    this.#arrivals.forget();
    this.#dialog = undefined;
    this.#actions.forget();
  }

  #take(snapshot: FeedSnapshot): void {
    const before = this.#snapshot;
    this.#snapshot = snapshot;
    const { items, person, links, latest } = snapshot;
    this.#identified = identifiedItems(items, person, links);
    this.#moments = identifiedMoments(items, person, links);
    if (latest && latest !== before.latest) this.#arrivals.welcome(latest, this.#context());
    // Somebody else's profile by now: known for the first time, or joined with others.
    const isNew = person && person.id !== before.person?.id && person.id !== this.#profile.profile?.personId;
    if (isNew && snapshot.phase === 'ready') this.#showProfile();
    this.#drawSoon();
  }

  #context(): ViewContext {
    return {
      language: this.#language,
      icons: this.#icons,
      chunks: this.#chunks,
      describe: (event) => describeEvent(event, this.#language, this.badgeKeyword),
      compactContacts: this.compactWxccEvents,
      condensed: this.#choices.condensed ?? this.condensedView,
      allowedHosts: wordsOf(this.linkHosts),
      identified: this.#identified,
      moments: this.#moments,
      now: Date.now(),
      isFresh: this.#arrivals.isFresh,
      isOpen: (key, otherwise) => this.#opened.get(key) ?? otherwise,
      setOpen: (key, open) => {
        this.#opened.set(key, open);
        this.#loadRest();
      },
      copy: (value) => this.#actions.copy(value),
      showDialog: (title, content) => {
        this.#dialog = { title, content };
        this.requestUpdate();
      },
      unlink: this.#snapshot.mayEdit ? (link) => this.#actions.unlink(this.#client, link) : undefined,
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
    const context = this.#context();
    const searchable = !this.disableUserSearch && (this.enableUserSearch || !customerOf(this));
    const state = { language, online: navigator.onLine, tryAgain: () => void this.#feed.reload() };
    const timeline = timelineView(
      snapshot,
      {
        ...timelineSettings(this, this.#choices),
        choose: (choice) => this.#choose(choice),
        readOlder: () => this.#feed.readOlder(),
      },
      context,
    );
    const closed = () => {
      this.#dialog = undefined;
      this.requestUpdate();
    };
    return html`
      <section part="journey" aria-label=${language.say('heading')} dir=${language.direction} lang=${language.locale}
        class=${this.useNewMomentumIcons ? 'filled' : ''}>
        ${searchable ? searchView(language, (looked) => this.#choose({ looked: looked || undefined })) : nothing}
        ${
          snapshot.phase === 'idle'
            ? nothing
            : html`${customerView(snapshot, this.#customerOptions())}
              ${foldable(this.collapseProfileSection, language.say('profile'), this.#rows(context))}`
        }
        ${this.#actions.view(language)} ${stateView(snapshot, state)}
        ${foldable(this.collapseTimelineSection, language.say('timeline'), timeline)}
        ${this.#arrivals.view()} ${loadedMore()?.dialogView(kit, this.#dialog, language, closed)}
      </section>
    `;
  }

  #rows(context: ViewContext): unknown {
    const { profile } = this.#profile;
    return (profile && loadedMore()?.profileView(kit, profile, context)) ?? nothing;
  }

  get #client() {
    return this.#connection?.client;
  }

  #customerOptions(): CustomerViewOptions {
    const actions = this.#actions;
    const language = this.#language;
    const editing = (open: boolean) => this.#choose({ editing: open, extra: this.#choices.extra });
    return {
      language,
      showName: !this.hideProfileName,
      showAliasIcon: this.showAliasIcon,
      foldAliases: this.collapseAliasSection,
      canLive: !this.disableEventStream,
      form: this.#choices.editing ? this.#editing.nameForm(() => editing(false)) : undefined,
      busy: actions.busy,
      edit: () => this.#editing.prepare(() => editing(true)),
      setLive: (live) => this.#feed.setLive(live),
      showAliases: () =>
        this.#editing.prepare(() =>
          this.#context().showDialog(language.say('aliases'), () => this.#editing.namesDialog(this.readOnlyAliases)),
        ),
      confirm: (link) => actions.confirm(this.#client, link),
      unlink: (link) => actions.unlink(this.#client, link),
      copy: (value) => actions.copy(value),
    };
  }

  protected override updated(): void {
    this.#chunks.watch(this.renderRoot as ShadowRoot);
    const dialog = this.renderRoot.querySelector('dialog');
    if (this.#dialog && !dialog?.open) dialog?.showModal();
    if (!this.#dialog && dialog?.open) dialog.close();
  }
}
