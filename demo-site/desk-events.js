// What the demo's contact centre tells the journey service of its contacts.

/** The queue of the recipes. */
export const payments = 'Payments';

/** What Webex Contact Center tells of a task (jds-contract 1.6), and of a call about payments that it waited (UC2). */
export function eventsOf(contact) {
  const { taskId, channel, identity, queue, since } = contact;
  const data = {
    taskId,
    channelType: channel,
    direction: 'INBOUND',
    origin: identity,
    queueName: queue,
    createdTime: since,
  };
  const task = (type, time, currentState) => ({
    ...eventOf(contact, type, 'wxcc'),
    time: new Date(time).toISOString(),
    data: { ...data, currentState },
  });
  const waited = {
    ...eventOf(contact, 'Payment Queue', 'Voice%20Contact'),
    time: new Date(since).toISOString(),
    data: {
      taskId,
      phone: identity,
      category: 'Payment',
      channelBreakout: 'voice',
      uiData: { title: 'Waited in the payments queue', iconType: 'QueueCallNeutral' },
    },
  };
  const tasks = [task('task:new', since, 'new'), task('task:ended', Date.now(), 'ended')];
  return channel === 'telephony' && queue === payments ? [waited, ...tasks] : tasks;
}

/** A call to a queue that is closed (UC3). */
export function closedEventOf(contact) {
  const { identity } = contact;
  const uiData = { title: 'Called a closed queue', iconType: 'QueueCallMad' };
  return {
    ...eventOf(contact, 'Closed Queue', 'Voice%20Contact'),
    data: { phone: identity, category: 'Closed', channelBreakout: 'voice', uiData },
  };
}

function eventOf({ identity, identitytype }, type, source) {
  const id = crypto.randomUUID();
  return { id, specversion: '1.0', type, source, identity, identitytype, datacontenttype: 'application/json' };
}
