// Which part of the journey is shown: as the page and the call say, and over that as the agent chose.
import type { Choices } from './choices.ts';
import type { JourneyProperties } from './journey-properties.ts';
import { cadVariable, timeFrameOf, timeFramesOf } from './settings.ts';
import type { TimelineOptions } from './timeline-view.ts';

const defaultLimit = 20;

type Settings = Pick<TimelineOptions, 'rules' | 'tag' | 'frame' | 'frames' | 'step' | 'extra'>;

export function timelineSettings(properties: JourneyProperties, { tag, frame, extra }: Choices): Settings {
  const { interactionData, limit, timeFrame, timeFrames, useCadDefaultFilter } = properties;
  const ownTag = useCadDefaultFilter ? cadVariable(interactionData, 'JDSDefaultFilter') : undefined;
  const ownFrame = timeFrameOf(timeFrame);
  return {
    rules: {
      division: cadVariable(interactionData, 'JDSDivision'),
      hideContacts: properties.hideWxccEvents,
      needOrigin: properties.ignoreUndefinedOrigins,
    },
    tag: tag ?? ownTag?.toLowerCase() ?? '',
    frame: frame ?? ownFrame,
    frames: timeFramesOf(timeFrames, ownFrame, frame ?? ownFrame),
    step: limit && limit > 0 ? limit : defaultLimit,
    extra,
  };
}
