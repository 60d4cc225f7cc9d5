import { describe, expect, it } from 'vitest';
import { JourneyError } from '../../../src/journey/jds-error.ts';
import { parseTemplate } from '../../../src/journey/profiles/template.ts';
import { anAttribute } from './helpers.ts';

const faultsOf = (value: unknown): string[] => {
  try {
    parseTemplate(value);
  } catch (error) {
    if (error instanceof JourneyError) return error.errors;
    throw error;
  }
  return [];
};

describe('a template', () => {
  it('is taken as the contract’s samples write it', () => {
    const template = {
      name: 'RepeatCaller',
      attributes: [
        anAttribute({
          event: 'Payment Queue',
          metaData: 'category',
          rules: { logic: 'SINGLE', condition: 'Payment Queue,category,string,Value EQ Payment' },
        }),
      ],
    };
    expect(parseTemplate(template)).toEqual(template);
  });

  it('may use the older spellings, and is given back in the newer', () => {
    const { metaData, metaDataType, lookBackDurationType, lookBackPeriod, ...rest } = anAttribute();
    const older = {
      ...rest,
      metadata: metaData,
      metadataType: metaDataType,
      lookbackDurationType: lookBackDurationType,
      lookbackPeriod: String(lookBackPeriod),
      verbose: 'true',
    };
    expect(parseTemplate({ name: 'Old', attributes: [older] }).attributes).toEqual([anAttribute({ verbose: true })]);
  });

  it('without an end of the window, in the older spelling, looks back as far as any may', () => {
    const { lookBackDurationType: _, lookBackPeriod: __, ...rest } = anAttribute();
    const attributesOf = (members: object) =>
      parseTemplate({ name: 'Old', attributes: [{ ...rest, durationType: 'none', ...members }] }).attributes;
    const endless = anAttribute({ lookBackDurationType: 'days', lookBackPeriod: 3660 });
    expect(attributesOf({})).toEqual([endless]);
    expect(attributesOf({ lookbackPeriod: 0 })).toEqual([endless]);
    expect(attributesOf({ lookbackDurationType: 'hours', lookbackPeriod: 2 })).toEqual([
      anAttribute({ lookBackDurationType: 'hours', lookBackPeriod: 2 }),
    ]);
  });

  it('is refused with the path of every fault at once', () => {
    const faulty = {
      name: '',
      attributes: [
        anAttribute({ lookBackPeriod: 0, metaDataType: 'text' as never }),
        {
          ...anAttribute(),
          aggregationMode: 'Median',
          event: undefined,
          limit: -1,
          verbose: 'yes',
          widgetAttributes: { tag: 'x' },
        },
        anAttribute({ aggregationMode: 'Sum' }),
        'attribute',
        anAttribute({ aggregationMode: 'Average', metaDataType: 'utc_datetime' }),
      ],
    };
    const paths = faultsOf(faulty).map((fault) => fault.split(':')[0]);
    for (const path of [
      'name',
      'attributes[0].metaDataType',
      'attributes[0].lookBackPeriod',
      'attributes[1].aggregationMode',
      'attributes[1].event',
      'attributes[1].limit',
      'attributes[1].verbose',
      'attributes[1].widgetAttributes.type',
      'attributes[2].metaDataType',
      'attributes[3]',
      'attributes[4].metaDataType',
    ]) {
      expect(paths).toContain(path);
    }
  });

  it('shows no whole events where its event stands for several types', () => {
    const several = anAttribute({ event: 'webvisit*' });
    expect(parseTemplate({ name: 'T', attributes: [several] }).attributes).toEqual([several]);
    const [fault] = faultsOf({ name: 'T', attributes: [{ ...several, verbose: true }] });
    expect(fault).toMatch(/^attributes\[0\]\.verbose: /);
  });

  it('is refused for each way that rules can be wrong, with the place', () => {
    const faultOf = (rules: unknown) =>
      faultsOf({ name: 'T', attributes: [anAttribute({ rules: rules as never })] })[0];
    const good = 'webvisit,origin,string,Value EQ Website';
    expect(faultOf({ logic: 'SINGLE', condition: good })).toBeUndefined();
    expect(
      faultOf({ logic: 'OR', args: [good, { logic: 'AND', args: [good, 'webvisit,pages,integer,Value LET 3'] }] }),
    ).toBeUndefined();
    for (const [rules, place] of [
      ['webvisit', 'attributes[0].rules'],
      [{ logic: 'XOR', args: [] }, 'attributes[0].rules.logic'],
      [{ logic: 'AND', args: [] }, 'attributes[0].rules.args'],
      [{ logic: 'SINGLE' }, 'attributes[0].rules.condition'],
      [{ logic: 'AND', args: [good, 'a,b,c,Value EQ x'] }, 'attributes[0].rules.args[1]'],
      [{ logic: 'SINGLE', condition: 'webvisit,origin,string,Value GT a' }, 'attributes[0].rules.condition'],
      [{ logic: 'SINGLE', condition: 'webvisit,pages,integer,Value HAS 1' }, 'attributes[0].rules.condition'],
      [{ logic: 'SINGLE', condition: 'webvisit,pages,integer,Value EQ many' }, 'attributes[0].rules.condition'],
      [{ logic: 'SINGLE', condition: 'webvisit,pages,integer,Median EQ 1' }, 'attributes[0].rules.condition'],
      [{ logic: 'SINGLE', condition: 'webvisit,pages,integer,Value LIKE 1' }, 'attributes[0].rules.condition'],
      [{ logic: 'OR', args: Array.from({ length: 101 }, () => good) }, 'attributes[0].rules.args[100]'],
    ] as const) {
      expect(faultOf(rules)?.startsWith(`${place}: expected`), `${place}: ${faultOf(rules)}`).toBe(true);
    }
    const deep = Array.from({ length: 2000 }).reduce((rule) => ({ logic: 'AND', args: [rule] }), good as unknown);
    expect(faultOf(deep)).toContain('at most 8 levels');
  });

  it('is refused whatever is given in its place', () => {
    for (const rubbish of [
      undefined,
      null,
      1,
      'x',
      [],
      {},
      { name: 'T', attributes: {} },
      { name: 'T', attributes: [null] },
    ]) {
      expect(faultsOf(rubbish).length, JSON.stringify(rubbish)).toBeGreaterThan(0);
    }
  });
});
