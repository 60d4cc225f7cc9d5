// What a made-up customer did in a month: visits to the bank's pages, quotes, logins, calls, chats. Events have the form
// that the tracker and Webex Contact Center give them (jds-contract 1.4, 1.6).

const minute = 60_000;
const day = 86_400_000;

const pages = [
  { path: '/', title: 'Home Bank · Banking that feels like home' },
  { path: '/about.html', title: 'About us · Home Bank' },
  { path: '/contact.html', title: 'Contact · Home Bank' },
  { path: '/sms-expert.html', title: 'SMS expert · Home Bank' },
  {
    path: '/mortgage.html',
    title: 'Mortgage rates · Home Bank',
    type: 'webvisitMortgage',
    source: 'home.com:web:mortgage',
    origin: 'Mortgage Rates',
    channelType: 'MortgageRates',
  },
];
const calls = [
  { queueName: 'Home loans', said: 'Asked what changes when the fixed rate ends in March.', mood: 'neutral' },
  { queueName: 'Home loans', said: 'Wants the five-year offer in writing before the weekend.', mood: 'positive' },
  { queueName: 'Cards', said: 'Card was refused abroad twice. We lifted the limit at once.', mood: 'negative' },
  { queueName: 'Accounts', said: 'Changed the address after a move to Mill Street.', mood: 'positive' },
  { queueName: 'Accounts', said: 'A standing order went out twice; money is on its way back.', mood: 'negative' },
];

/**
 * @param {{ key: string, email: string, phone: string, until: number }} customer `until`: milliseconds, when the month ends
 * @param {ReturnType<typeof import('./seed-dice.mjs').createDice>} dice
 */
export function historyOf({ key, email, phone, until }, dice) {
  const events = [];
  const browser = `seeded-${key}-browser`;
  let known = false;

  function add(at, attributes, data) {
    events.push({
      specversion: '1.0',
      id: `seed-${key}-${events.length}`,
      time: new Date(at).toISOString(),
      datacontenttype: 'application/json',
      ...attributes,
      data,
    });
  }

  function visit(start, session) {
    const taskId = `web-seed-${key}-${session}`;
    const web = { identity: browser, identitytype: 'temporaryId', source: 'home.com:website' };
    let at = start;
    for (let count = dice.number(1, 4); count > 0; count -= 1) {
      const { path, title, type = 'webvisit', source = web.source, ...names } = dice.pick(pages);
      const usual = { origin: 'Website', channelType: known ? 'IdentifiedWeb' : 'RandomWeb', notes: 'Website Visit' };
      const url = `http://localhost:4400${path}`;
      add(at, { ...web, type, source }, { taskId, channelBreakout: 'Web', ...usual, ...names, url, title });
      at += dice.number(20, 240) * 1000;
      if (type === 'webvisitMortgage' && dice.chance(0.4)) at = quote(at, { ...web, type: 'quote' }, taskId);
    }
    if (!dice.chance(0.55)) return at;
    const login = { identity: email, identitytype: 'email', type: 'webvisitLogin', source: 'home.com:login' };
    const origin = { origin: 'Website Login', channelType: 'LoginUser', notes: 'Website Login' };
    add(at, { ...login, ...(!known && { previousidentity: browser }) }, { taskId, channelBreakout: 'Web', ...origin });
    known = true;
    return at + minute;
  }

  function quote(at, attributes, taskId) {
    const amount = dice.number(8, 45) * 10_000;
    const monthly = Math.round(amount / 200);
    const subTitle = `${amount.toLocaleString('en')} over 25 years: ${monthly.toLocaleString('en')} a month`;
    const uiData = { title: 'Mortgage quote', subTitle, iconType: 'Quote' };
    add(at, attributes, { taskId, origin: 'Mortgage calculator', channelType: 'Quote', amount, monthly, uiData });
    return at + minute;
  }

  /** A contact as the contact centre tells it: one task, begun and ended. */
  function contact(start, number) {
    const { queueName, said, mood } = dice.pick(calls);
    const isCall = dice.chance(0.75);
    const who = isCall ? { identity: phone, identitytype: 'phone' } : { identity: email, identitytype: 'email' };
    const data = {
      taskId: `seed-task-${key}-${number}`,
      channelType: isCall ? 'telephony' : dice.pick(['chat', 'email']),
      direction: 'INBOUND',
      origin: who.identity,
      queueName,
    };
    const end = start + dice.number(2, 18) * minute;
    const about = { ...data, customerSentiment: mood, notes: said };
    add(start, { ...who, type: 'task:new', source: 'wxcc' }, { ...data, currentState: 'new' });
    add(end, { ...who, type: 'task:ended', source: 'wxcc' }, { ...about, currentState: 'ended' });
  }

  // Somebody whose first days lie further back, and who was here lately: within the last day at the least often.
  let at = until - dice.number(5, 30) * day;
  for (let session = 0; at < until; session += 1) {
    const left = visit(at, session);
    if (dice.chance(0.35)) contact(Math.min(left + dice.number(1, 90) * minute, until - 20 * minute), session);
    at = left + dice.number(8 * 60, 9 * 24 * 60) * minute;
  }
  // The last visit may have run over the end of the month.
  return events.filter(({ time }) => Date.parse(time) <= until);
}
